using System.Net.Sockets;
using System.Text;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary><c>dnsgate bound --zookeeper</c>, against something that only pretends and against real ensembles.</summary>
public sealed class BoundZooKeeperTests
{
    private const string Here = "127.0.0.1:2181";
    private const string But = "not bound: 10.244.1.7:3888 is listening, but ZooKeeper at 127.0.0.1:2181 ";

    [Theory]
    [InlineData("Zookeeper version: 3.8.0\nMode: follower\nNode count: 5\n", 0, "bound: 10.244.1.7:3888 is listening, and ZooKeeper at 127.0.0.1:2181 is follower")]
    [InlineData("This ZooKeeper instance is not currently serving requests\n", 1, But + "is not currently serving requests")]
    [InlineData("srvr is not executed because it is not in the whitelist.\n", 1, But + "does not carry out srvr: it is not in the whitelist")]
    [InlineData("Mode: read-only\n", 1, But + "is read-only")]
    [InlineData("imok", 1, But + "answered 'imok', which is no Mode")]
    [InlineData("", 1, But + "answered nothing, which is no Mode")]
    public async Task What_is_answered(string answer, int exitCode, string headline)
    {
        await using BoundPod bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);
        _ = AnswerAsync(bound.Listen("127.0.0.1", 2181), connection => connection.SendAsync(Encoding.ASCII.GetBytes(answer)));

        Ended ended = await bound.RunAsync("--held", "0", "--zookeeper", Here);

        Assert.Equal((exitCode, headline), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Fact]
    public async Task Nobody_there()
    {
        await using BoundPod bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);

        Ended ended = await bound.RunAsync("--held", "0", "--zookeeper", Here);

        Assert.Equal((1, But + "cannot be asked: connection refused"), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    /// <summary>Each within two seconds and some, all at once: one that says nothing, one that drips, one that never ends.</summary>
    [Fact]
    public async Task Silence_drips_and_floods_are_bounded()
    {
        await using BoundPod bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);
        _ = AnswerAsync(bound.Listen("127.0.0.1", 1), _ => Task.Delay(Eventually.Limit));
        _ = AnswerAsync(bound.Listen("127.0.0.1", 2), async connection =>
        {
            foreach (byte octet in Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Mode: follower\n", 1000))))
            {
                await connection.SendAsync(new[] { octet });
                await Task.Delay(50);
            }
        });
        _ = AnswerAsync(bound.Listen("127.0.0.1", 3), async connection =>
        {
            while (true)
                await connection.SendAsync("Mode: follower\n"u8.ToArray());
        });

        Ended[] ended = await Task.WhenAll(new[] { 1, 2, 3 }.Select(port => bound.RunAsync("--held", "0", "--zookeeper", $"127.0.0.1:{port}")));

        Assert.All(ended, one => Assert.Equal(1, one.ExitCode));
        Assert.All(ended, one => Assert.InRange(one.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(4)));
        Assert.Contains("did not answer in time", ended[0].Stdout, StringComparison.Ordinal);
        Assert.Contains("did not answer in time", ended[1].Stdout, StringComparison.Ordinal);
        Assert.Contains("answered more than 4096 octets", ended[2].Stdout, StringComparison.Ordinal);
    }

    /// <summary>What zkServer.sh status takes for health: it was seen for seconds in pods without the election port.</summary>
    [Fact]
    public async Task A_Mode_without_the_socket_is_never_enough()
    {
        await using BoundPod bound = await BoundPod.StartAsync(Pod.Ip, Pod.OldIp);
        bound.Listen(Pod.OldIp);
        _ = AnswerAsync(bound.Listen("127.0.0.1", 2181), connection => connection.SendAsync("Mode: follower\n"u8.ToArray()));

        Ended ended = await bound.RunAsync("--held", "0", "--zookeeper", Here);

        Assert.Equal((1, "not bound: nothing listens on port 3888 at 10.244.1.7, only at 10.244.2.9"), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Fact]
    public async Task A_real_server_alone_has_a_Mode_and_no_election_port()
    {
        await using BoundPod bound = await BoundPod.StartAsync(Pod.Ip);
        await using ZooKeeper server = ZooKeeper.Start(bound.Network, Pod.Ip);
        await Eventually.HoldsAsync(() => server.Said.Contains("binding to port", StringComparison.Ordinal), () => server.Said);
        Ended election = await bound.RunAsync("--held", "0", "--zookeeper", server.Client);
        // The Mode is there: seen once something is at the port that is asked about.
        Ended client = await UntilAsync(bound, "standalone", "--port", "2181", "--held", "0", "--zookeeper", server.Client);

        Assert.Equal((1, "not bound: nothing listens on port 3888"), (election.ExitCode, election.Stdout.Split('\n')[0]));
        Assert.Equal((0, "bound: 10.244.1.7:2181 is listening, and ZooKeeper at 10.244.1.7:2181 is standalone\n"), (client.ExitCode, client.Stdout));
        Assert.Equal(1, (await bound.RunAsync("--held", "0", "--zookeeper", server.Client)).ExitCode);
    }

    [Fact]
    public async Task A_real_member_is_bound_before_there_is_a_quorum_and_has_a_Mode_once_there_is_one()
    {
        string[] members = [Pod.Ip, "10.244.1.8", "10.244.1.9"];
        await using BoundPod bound = await BoundPod.StartAsync(members);
        await using ZooKeeper first = ZooKeeper.Start(bound.Network, Pod.Ip, members);
        Ended alone = await UntilAsync(bound, "not currently serving", "--held", "0", "--zookeeper", first.Client);
        Ended socket = await bound.RunAsync("--held", "0");

        Assert.Equal((1, "not bound: 10.244.1.7:3888 is listening, but ZooKeeper at 10.244.1.7:2181 is not currently serving requests"), (alone.ExitCode, alone.Stdout.Split('\n')[0]));
        Assert.Contains("OrderedReady", alone.Stdout, StringComparison.Ordinal);
        Assert.Equal((0, "bound: 10.244.1.7:3888 is listening\n"), (socket.ExitCode, socket.Stdout));

        await using ZooKeeper second = ZooKeeper.Start(bound.Network, members[1], members);
        await using ZooKeeper third = ZooKeeper.Start(bound.Network, members[2], members);
        await UntilAsync(bound, "bound: 10.244.1.7:3888 is listening, and", "--held", "0", "--zookeeper", first.Client);
        Ended[] held = await Task.WhenAll(bound.RunAsync("--held", "1s"), bound.RunAsync("--held", "1s", "--zookeeper", first.Client));

        Assert.Equal((0, "bound: 10.244.1.7:3888 has been listening for 1s\n"), (held[0].ExitCode, held[0].Stdout));
        Assert.Equal(0, held[1].ExitCode);
        Assert.Matches("^bound: 10.244.1.7:3888 has been listening for 1s, and ZooKeeper at 10.244.1.7:2181 is (leader|follower)\n$", held[1].Stdout);
    }

    /// <summary>Asks until the text is there; fails when it never is.</summary>
    private static async Task<Ended> UntilAsync(BoundPod bound, string text, params string[] options)
    {
        Ended? last = null;
        bool happened = await Eventually.HappensAsync(async () => (last = await bound.RunAsync(options)).Stdout.Contains(text, StringComparison.Ordinal), Eventually.Limit);
        Assert.True(happened, $"{last}");
        return last!;
    }

    /// <summary>Takes one connection, reads the command, and does what a test wants.</summary>
    private static async Task AnswerAsync(Socket server, Func<Socket, Task> answer)
    {
        try
        {
            using Socket connection = await server.AcceptAsync();
            await connection.ReceiveAsync(new byte[4]);
            await answer(connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The asker has had enough, or the test is over.
        }
    }
}
