using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGate.Bound;
using DnsGate.Core.Bound;
using DnsGate.TestKit;

namespace DnsGate.Tests.Bound;

/// <summary>The question for the Mode, at real sockets on loopback, under a deadline of a clock that moves by hand.</summary>
public sealed class ModeClientTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ManualTime time = new();
    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ModeClientTests()
    {
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
    }

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task It_sends_the_four_letters_and_nothing_else_and_reads_to_the_end()
    {
        var asking = AskAsync();
        using var connection = await server.AcceptAsync();
        var command = new byte[16];
        var length = await connection.ReceiveAsync(command);
        await connection.SendAsync("Mode: fol"u8.ToArray());
        await connection.SendAsync("lower\n"u8.ToArray());
        connection.Shutdown(SocketShutdown.Send);

        Assert.Equal("srvr", Encoding.ASCII.GetString(command, 0, length));
        Assert.Equal(new ModeReply(ModeOutcome.Serves, "follower"), await asking);
    }

    [Fact]
    public async Task Silence_ends_at_the_deadline()
    {
        var asking = AskAsync();
        using var connection = await server.AcceptAsync();
        time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ModeReply.Silence, await asking);
    }

    [Fact]
    public async Task A_reply_that_drips_ends_at_the_deadline_and_counts_for_nothing()
    {
        var asking = AskAsync();
        using var connection = await server.AcceptAsync();
        foreach (var octet in "Mode: lead"u8.ToArray())
        {
            await connection.SendAsync(new[] { octet });
            time.Advance(Limit / 10);
        }

        Assert.Equal(ModeReply.Silence, await asking);
    }

    [Fact]
    public async Task A_reply_without_end_is_not_read_to_its_end()
    {
        var asking = AskAsync();
        using var connection = await server.AcceptAsync();
        var sending = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await connection.SendAsync("Mode: leader\n"u8.ToArray());
                }
            }
            catch (SocketException)
            {
            }
        });

        Assert.Equal(ModeOutcome.Unintelligible, (await asking).Outcome);
        await sending;
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_named()
    {
        var asking = AskAsync();
        using (var connection = await server.AcceptAsync())
        {
            connection.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(new ModeReply(ModeOutcome.Unreachable, "connection reset"), await asking);
    }

    [Fact]
    public async Task Nobody_there_is_named()
    {
        var address = (IPEndPoint)server.LocalEndPoint!;
        server.Dispose();

        Assert.Equal(new ModeReply(ModeOutcome.Unreachable, "connection refused"), await ModeClient.AskAsync(address, Limit, time, CancellationToken.None));
    }

    [Fact]
    public async Task A_signal_ends_it()
    {
        using var stop = new CancellationTokenSource();
        var asking = ModeClient.AskAsync((IPEndPoint)server.LocalEndPoint!, Limit, time, stop.Token);
        using var connection = await server.AcceptAsync();
        await stop.CancelAsync();

        Assert.Equal(ModeReply.Silence, await asking);
    }

    private Task<ModeReply> AskAsync() => ModeClient.AskAsync((IPEndPoint)server.LocalEndPoint!, Limit, time, CancellationToken.None);
}
