using DnsGate.Core.Model;

namespace DnsGate.Tests.Sidecar;

/// <summary>A gate that opens once a stale server has turned right: <c>metrics.txt</c>.</summary>
internal static class Story
{
    public static string Text()
    {
        var scene = new MetricsScene(
            "--families", "ipv4", "--servers", "kube:kube-dns", "--app", "off", "--external", "{pod}.example.com@10.0.0.2");
        Play(scene);
        return scene.Metrics.Render(allServers: true);
    }

    /// <summary>Closed for 12 s, then open.</summary>
    public static void Play(MetricsScene scene)
    {
        var (cluster, external) = (new ViewKey(ViewKind.Cluster), new ViewKey(ViewKind.External));
        scene.Listed(new SourceReport(
            "kube:kube-system/kube-dns", Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "the API server failed (500)")));
        scene.Advance(1);
        scene.Round(GateStatus.Closed, (cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.2.9 10.244.0.3*=SILENCE"),
            (external, "10.0.0.2=10.244.1.7"));
        scene.Advance(11.25);
        scene.Round(GateStatus.Open, (cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.1.7 10.244.0.3*=SILENCE"),
            (external, "10.0.0.2=10.244.1.7"));
    }
}
