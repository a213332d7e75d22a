namespace DnsGate.Examples.Tests.Manifests;

/// <summary>
/// Runs shell commands of a document with a kubectl that reaches no cluster: <c>kustomize</c> is the real one, all other calls are noted,
/// and what <c>apply -f -</c> reads is kept.
/// </summary>
internal sealed class FakeKubectl : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public FakeKubectl()
    {
        if (!Tools.AreThere)
        {
            Assert.Skip(Tools.HowToInstall);
        }

        _directory.Write("kubectl", $"""
            #!/bin/sh
            if [ "$1" = kustomize ]; then exec '{Tools.Kubectl}' "$@"; fi
            echo "$*" >> '{Log}'
            if [ "$*" = 'apply -f -' ]; then cat > '{_directory.File("applied")}'; fi

            """);
        File.SetUnixFileMode(_directory.File("kubectl"), (UnixFileMode)0b111_101_101);
    }

    /// <summary>The arguments of each call that needs a cluster.</summary>
    public IReadOnlyList<string> Calls => File.ReadAllLines(Log);

    /// <summary>What the last <c>apply -f -</c> read.</summary>
    public string Applied => File.ReadAllText(_directory.File("applied"));

    private string Log => _directory.File("calls");

    public async Task RunAsync(string script, string directory)
    {
        var ended = await Child.RunAsync(
            "bash", ["-euo", "pipefail", "-c", $"cd '{directory}'\nPATH='{_directory.Path}':$PATH\n{script}"]);
        Assert.True(ended.ExitCode == 0 && ended.Stderr.Length == 0, $"{script}: {ended}");
    }

    public void Dispose() => _directory.Dispose();
}
