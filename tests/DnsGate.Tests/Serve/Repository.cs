namespace DnsGate.Tests.Serve;

/// <summary>The files that the tests hold to the program.</summary>
internal static class Repository
{
    /// <summary>A file, by its path in the repository.</summary>
    public static string File(string path)
    {
        var directory = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(directory, "DnsGate.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the project");
        }

        return Path.Combine(directory, path);
    }
}
