using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The sidecar: what probes are told, and when.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task From_the_first_moment_probes_are_told_why_it_is_closed_and_once_it_has_opened_that_stays()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale.WithTtl(1));
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--watch-interval", "1s");

        (var status, var body) = await sidecar.GetAsync("startupz");
        Assert.Equal(503, status);
        Assert.Matches("^(closed: 1 of 2 DNS servers disagrees|undecidable: no DNS server has been asked yet)", body);
        await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "stale-address");
        (status, body) = await sidecar.GetAsync("readyz");
        Assert.Equal(503, status);
        Assert.Contains($"{servers[1].Address}", body, StringComparison.Ordinal);
        Assert.Contains("stale-address", body, StringComparison.Ordinal);

        servers[1].Behaviour = Pod.Right;
        await sidecar.OpensAsync();
        servers[0].Behaviour = Misbehaving.Silent();
        servers[1].Behaviour = Pod.Missing;
        await sidecar.StatusAsync(now => now.GetProperty("drifting").GetBoolean());

        foreach (var probe in new[] { "startupz", "readyz", "livez" })
        {
            Assert.Equal((probe, 200), (probe, (await sidecar.GetAsync(probe)).Status));
        }
    }

    [Fact]
    public async Task A_drift_is_logged_once_and_its_end_too_and_state_stays_open()
    {
        await using NameServers servers = new(Pod.Right, Pod.Right);
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--watch-interval", "1s");
        await sidecar.OpensAsync();

        servers[1].Behaviour = Pod.Missing.WithTtl(1);
        var drifting = await sidecar.StatusAsync(now => now.GetProperty("drifting").GetBoolean());
        var asked = servers[1].QueryCount;
        await servers[1].WaitForQueriesAsync(asked + 4).WaitAsync(Eventually.Limit);
        servers[1].Behaviour = Pod.Right;
        var settled = await sidecar.StatusAsync(now => !now.GetProperty("drifting").GetBoolean());

        Assert.Equal(("open", "name-missing"), (drifting.GetProperty("state").GetString(), drifting.GetProperty("reason").GetString()));
        Assert.Equal("name-missing", drifting.GetProperty("servers")
            .EnumerateArray()
            .Single(server => server.GetProperty("server").GetString() == servers[1].Address)
            .GetProperty("reason")
            .GetString());
        Assert.Equal(("open", "agrees"), (settled.GetProperty("state").GetString(), settled.GetProperty("reason").GetString()));
        Assert.Equal((1, 1, 1, 0),
            (sidecar.Logged("opened"), sidecar.Logged("drifted"), sidecar.Logged("drift-ended"), sidecar.Logged("still-closed")));
        Assert.Contains(
            $"drifting: 1 of 2 DNS servers no longer agrees: name-missing at {servers[1].Address}\n",
            sidecar.Process.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_is_open_asks_in_private_and_at_its_own_pace()
    {
        await using NameServers servers = new(Pod.Right);
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--watch-interval", "1s");
        await sidecar.OpensAsync();
        var asked = servers[0].QueryCount;

        await servers[0].WaitForQueriesAsync(asked + 6).WaitAsync(Eventually.Limit);

        ReceivedQuery[] watched = [.. servers[0].Queries.Skip(asked)];
        Assert.All(watched, query => Assert.Equal((true, true, true), (query.RD, query.CD, query.DO)));
        Assert.Equal([RrType.A, RrType.Ptr, RrType.Aaaa], watched.Take(3).Select(query => query.Type).Order());
    }

    [Fact]
    public async Task With_a_watch_interval_of_0_nobody_is_asked_once_it_is_open_and_it_lives()
    {
        await using NameServers servers = new(Pod.Right);
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--watch-interval", "0");
        await sidecar.OpensAsync();
        var asked = servers[0].QueryCount;

        await Task.Delay(TimeSpan.FromSeconds(2.5));

        Assert.Equal(asked, servers[0].QueryCount);
        Assert.Equal(200, (await sidecar.GetAsync("livez")).Status);
    }

    [Fact]
    public async Task The_loop_is_live_while_it_waits_for_servers_that_do_not_answer()
    {
        await using NameServers servers = new(Misbehaving.Silent());
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--query-timeout", "1h");
        await servers[0].WaitForQueriesAsync(1).WaitAsync(Eventually.Limit);

        // Longer than the silence after which a loop counts as dead.
        await Task.Delay(TimeSpan.FromSeconds(11));

        Assert.Equal(200, (await sidecar.GetAsync("livez")).Status);
        Assert.Equal(503, (await sidecar.GetAsync("startupz")).Status);
    }

    [Fact]
    public async Task A_log_that_nobody_reads_stops_neither_the_gate_nor_the_end()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(0));
        var at = SidecarProcess.FreePort();
        // A pipe with a full buffer and a reader that does not read; the exit code comes by another way.
        await using var shell = Child.Start(
            "/bin/bash",
            [
                "-c", "{ timeout 1 cat /dev/zero >&2; \"$0\" \"$@\"; echo $?; } 2> >(exec sleep 60)",
                Executable.Path, .. SidecarProcess.Arguments(at.ToString(), servers, "--log-level", "debug"),
            ]);
        await servers[0].WaitForQueriesAsync(20).WaitAsync(Eventually.Limit);
        servers[0].Behaviour = Pod.Right;
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        await Eventually.HoldsAsync(
            () => client.GetAsync(new Uri($"http://{at}/readyz")).Result.IsSuccessStatusCode, () => "it never opened");

        Assert.Equal(0, (await Child.RunAsync("/usr/bin/pkill", ["-TERM", "-P", $"{shell.Id}", "dnsgate"])).ExitCode);
        var sent = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(() => shell.Stdout.Length > 0, () => "it never ended");

        Assert.Equal("0\n", shell.Stdout);
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_SIGTERM_on_readyz_is_503_on_an_open_connection_as_well_and_the_end_is_clean(bool isOpen)
    {
        await using NameServers servers = new(isOpen ? Pod.Right : Pod.Stale);
        await using var sidecar = await SidecarProcess.StartAsync(servers);
        if (isOpen)
        {
            await sidecar.OpensAsync();
        }

        using var connection = await sidecar.ConnectAsync();
        using var half = await sidecar.ConnectAsync();
        await half.SendAsync("GET /readyz HTTP/1.1\r\nHo"u8.ToArray());
        Assert.StartsWith(isOpen ? "HTTP/1.1 200" : "HTTP/1.1 503", await AskAsync(connection, "readyz"), StringComparison.Ordinal);

        var sent = TimeProvider.System.GetTimestamp();
        sidecar.Process.Signal(Child.SigTerm);
        var last = "";
        await Eventually.HoldsAsync(
            () => (last = AskAsync(connection, "readyz").Result).Contains("stopping", StringComparison.Ordinal), () => last);
        Assert.StartsWith("HTTP/1.1 503", last, StringComparison.Ordinal);
        var ended = await sidecar.Process.EndAsync();

        Assert.Equal((0, ""), (ended.ExitCode, ended.Stdout));
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(1, sidecar.Logged("ended"));
    }

    [Fact]
    public async Task Only_GET_and_HEAD_are_answered_and_nothing_redirects()
    {
        await using NameServers servers = new(Pod.Stale);
        await using var sidecar = await SidecarProcess.StartAsync(servers);

        foreach (var method in new[]
        {
            HttpMethod.Post,
            HttpMethod.Put,
            HttpMethod.Delete,
            HttpMethod.Options,
            HttpMethod.Trace,
            new HttpMethod("PROPFIND"),
        })
        {
            using var response = await sidecar.SendAsync(method, "readyz");
            Assert.Equal(
                (method, HttpStatusCode.MethodNotAllowed, "GET, HEAD"),
                (method, response.StatusCode, string.Join(", ", response.Content.Headers.Allow)));
        }

        foreach (var path in new[] { "", "startupz", "readyz", "livez", "status", "metrics" })
        {
            using var get = await sidecar.SendAsync(HttpMethod.Get, path);
            using var head = await sidecar.SendAsync(HttpMethod.Head, path);
            Assert.Equal((path, get.StatusCode), (path, head.StatusCode));
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.NotEqual(0, head.Content.Headers.ContentLength);
            Assert.Equal("", await head.Content.ReadAsStringAsync());
        }

        foreach (var path in new[] { "readyz/", "READYZ", "x", "readyz.html", "../readyz/x", "status?/readyz&" })
        {
            using var response = await sidecar.SendAsync(HttpMethod.Get, path);
            Assert.InRange((int)response.StatusCode, 200, 404);
            Assert.False((int)response.StatusCode is >= 300 and < 400, path);
        }
    }

    [Fact]
    public async Task What_cannot_be_listened_at_is_exit_2_with_the_reason()
    {
        await using NameServers servers = new(Pod.Right);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();

        var inUse = await Gate.RunAsync(SidecarProcess.Arguments(other.LocalEndPoint!.ToString()!, servers));
        var foreign = await Gate.RunAsync(SidecarProcess.Arguments("203.0.113.9:9553", servers));
        var garbage = await Gate.RunAsync(SidecarProcess.Arguments("everywhere", servers, "--watch-interval", "soon"));

        Assert.All([inUse, foreign, garbage], ended => Assert.True(ended.ExitCode == 2, ended.ToString()));
        Assert.Contains("another process listens there already", inUse.Stderr, StringComparison.Ordinal);
        Assert.Contains("this pod has no such address", foreign.Stderr, StringComparison.Ordinal);
        Assert.Contains("--listen: ", garbage.Stderr, StringComparison.Ordinal);
        Assert.Contains("--watch-interval: ", garbage.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, servers[0].QueryCount);
    }

    [Fact]
    public async Task Every_address_is_IPv4_and_IPv6()
    {
        await using NameServers servers = new(Pod.Stale);
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            Gate.Start(SidecarProcess.Arguments($":{listen.Split(':')[^1]}", servers)));
        using HttpClient client = new();

        foreach (var host in new[] { "127.0.0.1", "[::1]" })
        {
            Assert.Equal(
                HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri($"http://{host}:{sidecar.At.Port}/readyz"))).StatusCode);
        }
    }

    [Fact]
    public async Task The_kill_switch_opens_it_at_once_and_nobody_is_asked()
    {
        await using NameServers servers = new(Pod.Stale);
        var at = SidecarProcess.FreePort();
        await using var sidecar = await SidecarProcess.StartAsync(listen => Child.Start(
            Executable.Path,
            SidecarProcess.Arguments(listen, servers),
            new Dictionary<string, string> { ["DNSGATE_DISABLED"] = "incident 42" }));

        foreach (var probe in new[] { "startupz", "readyz", "livez" })
        {
            Assert.Equal((probe, 200), (probe, (await sidecar.GetAsync(probe)).Status));
        }

        Assert.StartsWith("disabled: DNSGATE_DISABLED=incident 42", (await sidecar.GetAsync("startupz")).Body, StringComparison.Ordinal);
        Assert.Equal("disabled", (await sidecar.StatusAsync()).GetProperty("state").GetString());
        Assert.Equal((0, 1), (servers[0].QueryCount, sidecar.Logged("disabled")));
    }

    [Fact]
    public async Task A_time_limit_means_nothing_to_it_and_it_says_so()
    {
        await using NameServers servers = new(Pod.Stale);
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--timeout", "1s", "--on-timeout", "open");
        await servers[0].WaitForQueriesAsync(4).WaitAsync(Eventually.Limit);

        await Task.Delay(TimeSpan.FromSeconds(1.5));

        Assert.Equal(503, (await sidecar.GetAsync("startupz")).Status);
        Assert.Contains("--timeout and --on-timeout are ignored by serve", sidecar.Process.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_in_an_empty_directory_as_root_and_as_process_1()
    {
        Machine.NeedsRoot();
        using TemporaryDirectory root = new();
        File.Copy(Executable.Path, root.File("dnsgate"));
        await using NameServers servers = new(Pod.Right);
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            Child.Start("/usr/bin/unshare", ["--pid", "--fork", "--kill-child", "/usr/sbin/chroot", root.Path,
                "/dnsgate", .. SidecarProcess.Arguments(listen, servers, "--state", "/dev/shm/dnsgate.open")]));

        await sidecar.OpensAsync();
        await Eventually.HoldsAsync(() => sidecar.Logged("state-not-written") == 1, () => sidecar.Process.Stderr);
        Assert.Equal(200, (await sidecar.GetAsync("")).Status);
        Assert.Equal(0, Child.Kill(
            int.Parse(await File.ReadAllTextAsync($"/proc/{sidecar.Process.Id}/task/{sidecar.Process.Id}/children")), Child.SigTerm));

        Assert.Equal(0, (await sidecar.Process.EndAsync()).ExitCode);
        Assert.Equal([root.File("dnsgate")], Directory.GetFileSystemEntries(root.Path));
    }

    private static async Task<string> AskAsync(Socket connection, string path)
    {
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        var buffer = new byte[8192];
        var length = await connection.ReceiveAsync(buffer);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
