using System.Diagnostics;

namespace DnsGate.Demo;

/// <summary>The real executable, run as a child with this process's stdout and stderr.</summary>
internal sealed class Gate(string executable, Scene scene)
{
    private readonly string[] facts =
    [
        "--name", Scene.PodName,
        "--ip", Scene.PodAddress,
        "--servers", string.Join(',', scene.Servers.Select(server => server.Address)),
        "--app", "off",
    ];

    /// <summary>One round, now.</summary>
    public Task<int> CheckAsync(CancellationToken cancellation) => RunAsync(["check", .. facts], _ => { }, cancellation);

    /// <summary>Waits for the gate to open, and then becomes the command.</summary>
    public Task<int> RunAsync(string settle, string command, Action<int> started, CancellationToken cancellation) =>
        RunAsync(["run", .. facts, "--settle", settle, "--", "sh", "-c", command], started, cancellation);

    private async Task<int> RunAsync(string[] arguments, Action<int> started, CancellationToken cancellation)
    {
        Console.WriteLine(CommandLine(arguments));
        ProcessStartInfo start = new(executable, arguments);
        // What the caller's shell has set for another gate is no part of this story.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DNSGATE_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        // No packet leaves the machine of the demo.
        start.Environment["DNSGATE_INTERCEPTION_CHECK"] = "off";

        using var child = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        started(child.Id);
        try
        {
            await child.WaitForExitAsync(cancellation);
            return child.ExitCode;
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill(entireProcessTree: true);
            }
        }
    }

    // As one would type it: a line for each option.
    private static string CommandLine(string[] arguments)
    {
        var text = "  $ dnsgate";
        foreach (var argument in arguments)
        {
            var word = argument.Any(c => c is ' ' or '"' or '$' or ';') ? $"'{argument}'" : argument;
            text += word.StartsWith("--", StringComparison.Ordinal) ? $" \\\n      {word}" : $" {word}";
        }
        return text;
    }
}
