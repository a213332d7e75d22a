namespace DnsGate.Lab.Cluster;

/// <summary>Debian's ZooKeeper 3.8 as a program: what it needs, how it is started, and what its configuration has in any case.</summary>
internal static class ZooKeeperProgram
{
    public const int ClientPort = 2181;
    public const int ElectionPort = 3888;

    private const string Jar = "/usr/share/java/zookeeper.jar";
    private const string LogJar = "/usr/share/java/slf4j-simple.jar";

    // Several of them on a machine with two cores: the time of one is to be ZooKeeper's, not that of the compiler.
    private static readonly string[] Frugal = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"];

    // A line for each question after the mode would bury the others.
    private const string Quiet = "-Dorg.slf4j.simpleLogger.log.org.apache.zookeeper.server.NIOServerCnxn=warn";

    public static void IsNeeded()
    {
        Machine.NeedsProgram("java", "default-jre-headless");
        Machine.NeedsFile(Jar, "libzookeeper-java");
        Machine.NeedsFile(LogJar, "libslf4j-java");
    }

    /// <summary>Its version, like 3.8.0.</summary>
    public static async Task<string> VersionAsync()
    {
        var ended = await Child.RunAsync("java", ["-cp", $"{Jar}:{LogJar}", "org.apache.zookeeper.version.VersionInfoMain"]);
        return ended.Stdout.Split("version ") is [_, string version]
            ? version.Split(' ')[0]
            : throw new InvalidOperationException(ended.ToString());
    }

    public static string[] Command(string configuration, params string[] options) =>
    [
        "java", .. Frugal, Quiet, .. options, "-cp", $"{Jar}:{LogJar}",
        "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration,
    ];

    /// <summary>Writes myid and zoo.cfg into a directory that is the data directory as well; gives the path of zoo.cfg.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="id">The server's own number.</param>
    /// <param name="members">The names or addresses of servers 1, 2, …; none for a server alone.</param>
    /// <param name="lines">All else.</param>
    public static string Configure(TemporaryDirectory directory, int id, IEnumerable<string> members, params string[] lines)
    {
        directory.Write("myid", $"{id}\n");
        var servers = members.Select((member, index) => $"server.{index + 1}={member}:2888:{ElectionPort}");
        string[] common = [$"dataDir={directory.Path}", $"clientPort={ClientPort}", "admin.enableServer=false"];
        return directory.Write("zoo.cfg", string.Join('\n', [.. common, .. lines, .. servers, ""]));
    }
}
