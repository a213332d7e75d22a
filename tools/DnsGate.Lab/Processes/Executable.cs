using DnsGate.TestKit;

namespace DnsGate.Lab.Processes;

/// <summary>Where the published native executable is. A missing one fails every test: nothing here passes without it.</summary>
internal static class Executable
{
    private const string Variable = "DNSGATE_EXECUTABLE";

    private static readonly Lazy<string> Found = new(Find);

    public static string Path => Found.Value;

    private static string Find()
    {
        var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? System.IO.Path.GetFullPath(given)
            : Repository.File("artifacts/dnsgate");
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException(
                $"The native executable is not at '{path}': build it with 'make native', or name another one in {Variable}.");
    }
}
