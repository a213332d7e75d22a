namespace DnsGate.TestKit;

/// <summary>The files that tests hold to the program.</summary>
public static class Repository
{
    /// <summary>A file, by its path in the repository.</summary>
    /// <exception cref="InvalidOperationException">The tests do not run inside of it.</exception>
    public static string File(string path)
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !System.IO.File.Exists(Path.Combine(directory, "DnsGate.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory ?? throw new InvalidOperationException($"No DnsGate.sln above '{AppContext.BaseDirectory}'."), path);
    }

    /// <summary>The text of README.md.</summary>
    public static string Readme => System.IO.File.ReadAllText(File("README.md"));

    /// <summary>The text of docs/reference.md: the tables of options, reasons, events, endpoints and metrics.</summary>
    public static string Reference => System.IO.File.ReadAllText(File("docs/reference.md"));
}
