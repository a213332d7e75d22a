using System.Net;
using System.Net.Sockets;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary><c>dnsgate probe</c>: the sidecar's verdict as an exit code and a line.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task It_says_what_the_sidecar_says_while_closed_and_once_open()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(1));
        await using var sidecar = await SidecarProcess.StartAsync(servers);
        await sidecar.StatusAsync(now => now.GetProperty("state").GetString() == "closed");

        foreach (var which in new[] { "startup", "ready" })
        {
            var closed = await ProbeAsync(which, sidecar.At);
            Assert.True(
                closed.ExitCode == 1
                && closed.Stdout.StartsWith("closed: ", StringComparison.Ordinal)
                && closed.Stdout.Split('\n') is [_, ""],
                closed.ToString());
        }

        Assert.Equal((0, "live: the loop is running\n"), OutputOf(await ProbeAsync("live", sidecar.At)));
        servers[0].Behaviour = Pod.Right;
        await sidecar.OpensAsync();
        Assert.Equal((0, $"open: {Pod.Name} is {Pod.Ip} at the only DNS server\n"), OutputOf(await ProbeAsync("startup", sidecar.At)));
        Assert.Equal(0, (await ProbeAsync("ready", sidecar.At)).ExitCode);

        sidecar.Process.Signal(Child.SigTerm);
        var stopping = await ProbeAsync("ready", sidecar.At);
        Assert.Contains(stopping.ExitCode, new[] { 1, 3 }); // 3 where it has ended already
    }

    [Fact]
    public async Task A_gate_that_nobody_answers_is_undecidable()
    {
        await using NameServers servers = new(Misbehaving.Silent());
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--query-timeout", "100ms");
        await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "timed-out");

        var ended = await ProbeAsync("startup", sidecar.At);

        Assert.True(ended.ExitCode == 3 && ended.Stdout.StartsWith("undecidable: ", StringComparison.Ordinal), ended.ToString());
    }

    [Fact]
    public async Task It_finds_the_sidecar_by_the_variable_too_and_on_every_address()
    {
        await using NameServers servers = new(Pod.Stale);
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            Gate.Start(SidecarProcess.Arguments($":{listen.Split(':')[^1]}", servers)));

        var ended = await Gate.RunAsync(
            new Dictionary<string, string> { ["DNSGATE_LISTEN"] = $":{sidecar.At.Port}", ["DNSGATE_TIMEOUT"] = "nonsense" },
            "probe", "live");

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Fact]
    public async Task Nobody_there_is_exit_3_and_its_own_message()
    {
        var ended = await ProbeAsync("startup", SidecarProcess.FreePort());

        Assert.True(ended.ExitCode == 3, ended.ToString());
        Assert.StartsWith("no sidecar at ", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains("is 'dnsgate serve' running in this pod", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drift_and_the_kill_switch_are_exit_0()
    {
        await using NameServers servers = new(Pod.Right);
        await using var drifting = await SidecarProcess.StartAsync(servers, "--watch-interval", "1s");
        await drifting.OpensAsync();
        servers[0].Behaviour = Pod.Missing;
        await drifting.StatusAsync(now => now.GetProperty("drifting").GetBoolean());
        await using var disabled = await SidecarProcess.StartAsync(listen => Child.Start(
            Executable.Path,
            SidecarProcess.Arguments(listen, servers),
            new Dictionary<string, string> { ["DNSGATE_DISABLED"] = "incident 42" }));

        var drift = await ProbeAsync("ready", drifting.At);
        var off = await ProbeAsync("ready", disabled.At);

        Assert.True(drift.ExitCode == 0 && drift.Stdout.StartsWith("drifting: ", StringComparison.Ordinal), drift.ToString());
        Assert.True(off.ExitCode == 0 && off.Stdout.StartsWith("disabled: ", StringComparison.Ordinal), off.ToString());
    }

    /// <summary>The rows of the reference's table. The text only fills the line that is printed.</summary>
    [Theory]
    [InlineData("200 OK", "open", 0)]
    [InlineData("200 OK", "drifting", 0)]
    [InlineData("200 OK", "disabled", 0)]
    [InlineData("503 Service Unavailable", "closed", 1)]
    [InlineData("503 Service Unavailable", "undecidable", 3)]
    [InlineData("503 Service Unavailable", "stopping", 1)]
    [InlineData("200 OK", "live", 0)]
    [InlineData("503 Service Unavailable", "not-live", 1)]
    public async Task The_HTTP_status_and_the_header_decide(string status, string header, int exitCode)
    {
        using var sidecar = Listening();
        var answering = AnswerAsync(
            sidecar, $"HTTP/1.1 {status}\r\nDnsGate-Status: {header}\r\nContent-Length: 14\r\n\r\nany text\nmore\n");

        Assert.Equal((exitCode, "any text\n"), OutputOf(await ProbeAsync("ready", (IPEndPoint)sidecar.LocalEndPoint!)));
        await answering;
    }

    [Theory]
    [InlineData("no header", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")]
    [InlineData("a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/readyz\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("a redirect with the header",
        "HTTP/1.1 302 Found\r\nDnsGate-Status: open\r\nLocation: http://127.0.0.1/readyz\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("an open gate's text without the header", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nopen: x\n")]
    [InlineData("a closed gate's text without the header", "HTTP/1.1 503 No\r\nContent-Length: 10\r\n\r\nclosed: x\n")]
    [InlineData("200 and closed", "HTTP/1.1 200 OK\r\nDnsGate-Status: closed\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("200 and undecidable", "HTTP/1.1 200 OK\r\nDnsGate-Status: undecidable\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("503 and open", "HTTP/1.1 503 No\r\nDnsGate-Status: open\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("204 and open", "HTTP/1.1 204 No Content\r\nDnsGate-Status: open\r\n\r\n")]
    [InlineData("404 and closed", "HTTP/1.1 404 Not Found\r\nDnsGate-Status: closed\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("an empty header", "HTTP/1.1 200 OK\r\nDnsGate-Status: \r\nContent-Length: 0\r\n\r\n")]
    [InlineData("an unknown status", "HTTP/1.1 200 OK\r\nDnsGate-Status: OPEN\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("two statuses", "HTTP/1.1 200 OK\r\nDnsGate-Status: open\r\nDnsGate-Status: open\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("a body cut short", "HTTP/1.1 200 OK\r\nDnsGate-Status: open\r\nContent-Length: 100\r\n\r\nopen: ")]
    [InlineData("not HTTP", "Zookeeper version: 3.8.0\nMode: follower\n")]
    [InlineData("binary", "\0\0\0\0")]
    public async Task Any_other_answer_is_exit_3_and_names_the_port(string sentence, string answer)
    {
        using var other = Listening();
        var answering = AnswerAsync(other, answer);

        var ended = await ProbeAsync("ready", (IPEndPoint)other.LocalEndPoint!);

        Assert.True(
            ended.ExitCode == 3 && ended.Stdout.StartsWith(
                $"unexpected answer from {other.LocalEndPoint}; another program may be using this port (", StringComparison.Ordinal),
            $"{sentence}: {ended}");
        await answering;
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nDnsGate-Status: open\r\nContent-Length: 100\r\n\r\nopen: ")]
    public async Task Whoever_never_ends_is_left_after_800_ms(string says)
    {
        using var other = Listening();
        var accepting = other.AcceptAsync();
        var probing = ProbeAsync("ready", (IPEndPoint)other.LocalEndPoint!);
        using var connection = await accepting.WaitAsync(Eventually.Limit);
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(says));

        var ended = await probing;

        Assert.True(
            ended.ExitCode == 3 && ended.Stdout.Contains("did not answer within 800ms", StringComparison.Ordinal), ended.ToString());
        Assert.InRange(ended.Duration, TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Usage_is_exit_2()
    {
        var nothing = await Gate.RunAsync("probe");
        var unknown = await Gate.RunAsync("probe", "readiness", "--listen", "9553");

        Assert.Equal((2, 2), (nothing.ExitCode, unknown.ExitCode));
        Assert.Contains("no argument given: startup, ready or live", nothing.Stderr, StringComparison.Ordinal);
        Assert.Contains("'readiness' is not one of startup, ready, live", unknown.Stderr, StringComparison.Ordinal);
        Assert.Contains("--listen: '9553'", unknown.Stderr, StringComparison.Ordinal);
    }

    private static Task<ProcessResult> ProbeAsync(string which, IPEndPoint at) => Gate.RunAsync("probe", which, "--listen", at.ToString());

    private static (int ExitCode, string Stdout) OutputOf(ProcessResult ended) => (ended.ExitCode, ended.Stdout);

    private static Socket Listening()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static async Task AnswerAsync(Socket listener, string says)
    {
        using var connection = await listener.AcceptAsync().WaitAsync(Eventually.Limit);
        await connection.ReceiveAsync(new byte[4096]);
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(says));
        connection.Shutdown(SocketShutdown.Both);
    }
}
