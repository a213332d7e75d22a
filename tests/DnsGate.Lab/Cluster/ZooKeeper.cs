namespace DnsGate.Lab.Cluster;

/// <summary>Debian's ZooKeeper: one server alone, or a member of an ensemble whose members have an address each. Killed with all that it started.</summary>
internal sealed class ZooKeeper : IAsyncDisposable
{
    private const string Jar = "/usr/share/java/zookeeper.jar";
    private const string LogJar = "/usr/share/java/slf4j-simple.jar";
    private const int ClientPort = 2181;

    private readonly TemporaryDirectory _directory;
    private readonly Child _process;
    private readonly string _address;

    private ZooKeeper(TemporaryDirectory directory, Child process, string address) => (_directory, _process, _address) = (directory, process, address);

    /// <summary>Where clients, and four letter words, go.</summary>
    public string Client => $"{_address}:{ClientPort}";

    /// <summary>Its log.</summary>
    public string Said => _process.Stderr;

    /// <summary>Starts it; without members it is a server alone.</summary>
    public static ZooKeeper Start(Namespace network, string address, params string[] members)
    {
        Machine.NeedsProgram("java", "default-jre-headless");
        Machine.NeedsFile(Jar, "libzookeeper-java");
        Machine.NeedsFile(LogJar, "libslf4j-java");
        TemporaryDirectory directory = new();
        directory.Write("myid", $"{Array.IndexOf(members, address) + 1}\n");
        // Short ticks: an election takes a part of a second.
        string configuration = directory.Write("zoo.cfg", $"""
            tickTime=200
            initLimit=50
            syncLimit=50
            dataDir={directory.Path}
            clientPort={ClientPort}
            clientPortAddress={address}
            admin.enableServer=false
            {string.Concat(members.Select((member, index) => $"server.{index + 1}={member}:2888:3888\n"))}
            """);
        string[] frugal = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"];
        Child process = network.Start("java", [.. frugal, "-cp", $"{Jar}:{LogJar}", "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration]);
        return new ZooKeeper(directory, process, address);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
