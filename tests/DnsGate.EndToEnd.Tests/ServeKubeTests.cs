using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// The sidecar that finds its name servers through the API: listed every 10 s until it opens, and now and then afterwards.
/// </summary>
public sealed class ServeKubeTests
{
    [Fact]
    public async Task Once_open_a_rollout_of_CoreDNS_is_no_drift()
    {
        await using ClusterPod pod = new();
        pod.Run("127.0.61.1", Pod.Right);
        pod.Run("127.0.61.2", Pod.Right);
        pod.Run("127.0.61.3", Pod.Right);
        pod.Publish("127.0.61.1", "127.0.61.2");
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            pod.Start("serve", "--listen", listen, "--watch-interval", "1s", "--query-timeout", "300ms"));
        await sidecar.OpensAsync();

        pod.Publish("127.0.61.1", "127.0.61.3");
        pod["127.0.61.2"].Behaviour = Misbehaving.Silent();
        await sidecar.StatusAsync(now =>
            now.GetProperty("servers").EnumerateArray().Any(server => server.GetProperty("server").GetString() == "127.0.61.3:5353"));

        Assert.False((await sidecar.StatusAsync()).GetProperty("drifting").GetBoolean());
        Assert.Equal((0, 1, 2), (sidecar.Logged("drifted"), sidecar.Logged("opened"), sidecar.Logged("servers-listed")));
    }

    [Fact]
    public async Task An_API_server_that_is_gone_once_it_is_open_changes_nothing()
    {
        await using ClusterPod pod = new();
        pod.Run("127.0.62.1", Pod.Right);
        pod.Run("127.0.62.2", Pod.Right);
        pod.Publish("127.0.62.1", "127.0.62.2");
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            pod.Start("serve", "--listen", listen, "--watch-interval", "1s", "--query-timeout", "300ms"));
        await sidecar.OpensAsync();
        await pod.Api.DisposeAsync();
        pod["127.0.62.2"].Behaviour = Pod.Stale;

        await sidecar.StatusAsync(now => now.GetProperty("drifting").GetBoolean());

        Assert.Equal(200, (await sidecar.GetAsync("readyz")).Status);
        Assert.Equal((1, 1), (sidecar.Logged("drifted"), sidecar.Logged("listing-failed")));
        Assert.Equal(2, (await sidecar.StatusAsync()).GetProperty("servers").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_that_it_says_or_writes_has_the_token_in_it()
    {
        await using ClusterPod pod = new();
        pod.Run("127.0.63.1", Pod.Right);
        pod.Publish("127.0.63.1");
        var token = pod.Api.AcceptedToken;
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            pod.Start("serve", "--listen", listen, "--watch-interval", "1s", "--log-level", "debug"));
        await sidecar.OpensAsync();
        // Refused from now on: what went wrong is told, with no word of what was sent.
        pod.Api.AcceptedToken = "another";
        pod["127.0.63.1"].Behaviour = Pod.Stale;
        await sidecar.StatusAsync(now => now.GetProperty("drifting").GetBoolean());

        var all = sidecar.Process.Stderr;
        foreach (var path in new[] { "", "status", "metrics", "readyz", "livez" })
        {
            all += (await sidecar.GetAsync(path)).Body;
        }

        Assert.Contains("401", all, StringComparison.Ordinal);
        Assert.DoesNotContain(token, all, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", all, StringComparison.Ordinal);
    }
}
