namespace DnsGate.Lab.Processes;

/// <summary>What a test needs of the machine; without it the test is skipped and says why.</summary>
internal static class Machine
{
    public static void NeedsRoot()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("needs root");
        }
    }

    public static void NeedsProgram(string program, string package)
    {
        string[] directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
        if (!directories.Any(directory => File.Exists(Path.Combine(directory, program))))
        {
            Assert.Skip($"needs {program} from the Debian package {package}");
        }
    }

    public static void NeedsFile(string path, string package)
    {
        if (!File.Exists(path))
        {
            Assert.Skip($"needs {path} from the Debian package {package}");
        }
    }
}
