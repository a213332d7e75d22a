namespace DnsGate.Lab.Cluster;

/// <summary>ZooKeeper in a network of its own, without pods: one server alone, or a member of an ensemble whose members have an address each.</summary>
internal sealed class ZooKeeper : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly Child _process;
    private readonly string _address;

    private ZooKeeper(TemporaryDirectory directory, Child process, string address) => (_directory, _process, _address) = (directory, process, address);

    /// <summary>Where clients, and four letter words, go.</summary>
    public string Client => $"{_address}:{ZooKeeperProgram.ClientPort}";

    /// <summary>Its log.</summary>
    public string Said => _process.Stderr;

    /// <summary>Starts it; without members it is a server alone.</summary>
    public static ZooKeeper Start(Namespace network, string address, params string[] members)
    {
        ZooKeeperProgram.IsNeeded();
        TemporaryDirectory directory = new();
        // Short ticks: an election takes a part of a second.
        string[] lines = ["tickTime=200", "initLimit=50", "syncLimit=50", $"clientPortAddress={address}"];
        string[] command = ZooKeeperProgram.Command(ZooKeeperProgram.Configure(directory, Array.IndexOf(members, address) + 1, members, lines));
        return new ZooKeeper(directory, network.Start(command[0], command[1..]), address);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
