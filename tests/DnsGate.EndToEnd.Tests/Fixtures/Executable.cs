namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>Where the published native executable is. A missing one fails every test: nothing here passes without it.</summary>
internal static class Executable
{
    private const string Variable = "DNSGATE_EXECUTABLE";

    private static readonly Lazy<string> Found = new(Find);

    public static string Path => Found.Value;

    private static string Find()
    {
        string path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? System.IO.Path.GetFullPath(given)
            : System.IO.Path.Combine(RepositoryRoot(), "artifacts", "dnsgate");
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"The native executable is not at '{path}': build it with 'make native', or name another one in {Variable}.");
    }

    public static string RepositoryRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "DnsGate.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException($"No DnsGate.sln above '{AppContext.BaseDirectory}': name the executable in {Variable}.");
    }
}
