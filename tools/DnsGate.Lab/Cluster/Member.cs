using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DnsGate.Lab.Cluster;

/// <summary>One member of an ensemble: a name and data that stay, and a pod that comes and goes, each time at another address.</summary>
internal sealed class Member : IAsyncDisposable
{
    private const string Mode = "Mode: ";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly NodeNetwork network;
    private readonly TemporaryDirectory data = new();
    private readonly string[] command;
    private int pods;

    public Member(NodeNetwork network, int ordinal, EnsembleSettings settings)
    {
        (this.network, Name) = (network, new PodName(ordinal));
        var members = Enumerable.Range(0, settings.Members).Select(other => settings.Spelling(new PodName(other)));
        command = ZooKeeperProgram.Command(
            ZooKeeperProgram.Configure(data, Id, members, ["tickTime=2000", "initLimit=10", "syncLimit=5", .. settings.Configuration]),
            [.. settings.JvmOptions]);
    }

    public PodName Name { get; }

    /// <summary>ZooKeeper's number of it.</summary>
    public int Id => Name.Ordinal + 1;

    /// <summary>Null while it is deleted.</summary>
    public RunningPod? Pod { get; private set; }

    /// <summary>The address that the next pod has.</summary>
    public string NextAddress => string.Create(CultureInfo.InvariantCulture, $"10.244.{Id}.{pods + 7}");

    /// <summary>Starts a pod for it, the application held back in some form.</summary>
    public async Task<RunningPod> StartAsync(StartForm form)
    {
        var address = NextAddress;
        pods++;
        return Pod = await RunningPod.StartAsync(network, Name, address, form(new StartContext(Name, address, command)));
    }

    public async Task DeleteAsync()
    {
        if (Pod is not null)
        {
            await Pod.DisposeAsync();
        }

        Pod = null;
    }

    /// <summary>Its mode by <c>srvr</c>: leader, follower …; null while it has none or does not answer.</summary>
    public async Task<string?> ModeAsync() =>
        (await AskAsync()).Split('\n').FirstOrDefault(line => line.StartsWith(Mode, StringComparison.Ordinal))?[Mode.Length..];

    /// <summary>The number of the leadership that it follows; it writes it down once it has synchronised with the leader.</summary>
    public string? Epoch => File.Exists(EpochFile) ? File.ReadAllText(EpochFile) : null;

    private string EpochFile => Path.Combine(data.Path, "version-2", "currentEpoch");

    public async ValueTask DisposeAsync()
    {
        await DeleteAsync();
        data.Dispose();
    }

    private async Task<string> AskAsync()
    {
        if (Pod is null)
        {
            return "";
        }

        using var socket = network.Socket(SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource deadline = new(Patience);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(Pod.Address), ZooKeeperProgram.ClientPort, deadline.Token);
            await socket.SendAsync("srvr"u8.ToArray(), deadline.Token);
            StringBuilder answer = new();
            var buffer = new byte[1024];
            for (int length; (length = await socket.ReceiveAsync(buffer, deadline.Token)) > 0;)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, length));
            }

            return answer.ToString();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return "";
        }
    }
}
