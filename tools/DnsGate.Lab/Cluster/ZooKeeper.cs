namespace DnsGate.Lab.Cluster;

/// <summary>A ZooKeeper member in a network without pods. Each member of the ensemble has an address of its own.</summary>
internal sealed class ZooKeeper : IAsyncDisposable
{
    private readonly TemporaryDirectory directory;
    private readonly Child process;

    private ZooKeeper(TemporaryDirectory directory, Child process) => (this.directory, this.process) = (directory, process);

    /// <summary>Starts it.</summary>
    public static ZooKeeper Start(Namespace network, string address, params string[] members)
    {
        ZooKeeperProgram.IsNeeded();
        TemporaryDirectory directory = new();
        // Short ticks: an election takes a part of a second.
        string[] lines = ["tickTime=200", "initLimit=50", "syncLimit=50", $"clientPortAddress={address}"];
        var command = ZooKeeperProgram.Command(ZooKeeperProgram.Configure(directory, Array.IndexOf(members, address) + 1, members, lines));
        return new ZooKeeper(directory, network.Start(command[0], command[1..]));
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }
}
