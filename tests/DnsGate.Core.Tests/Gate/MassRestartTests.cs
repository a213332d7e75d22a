using System.Globalization;
using DnsGate.Core.Gate;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// A thousand pods that restart together, over twenty name servers: the bounds that the reference states, and the memory of the gates.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class MassRestartTests(ITestOutputHelper output)
{
    private const int Pods = 1000;

    // The interval of the rounds, and five trips; for the last pod of all its longest pause by chance, and a round that was under way.
    private const double OneInterval = 1.005;
    private const double LongestInterval = ((1 + Pace.Jitter) * OneInterval) + 0.1;

    /// <summary>
    /// For each kind of cache, how many times the mean the highest second may be: the longer gates wait for a TTL in silence, the more.
    /// </summary>
    [Theory]
    [InlineData("classic cache 30", 3.5)]
    [InlineData("new kubeadm", 2.5)]
    public void A_thousand_pods_restarting_together_are_no_herd_and_none_waits_for_longer_than_it_must(string kind, double mostOverMean)
    {
        var restart = new MassRestart(kind == "new kubeadm" ? CoreDnsOptions.NewKubeadm : CoreDnsOptions.Classic, Pods).Until(300);
        Assert.All(restart.Pods, pod => Assert.True(pod.WasRightWhenItOpened, pod.ToString()));
        List<double> level = [.. restart.Pods.Select(pod => pod.HighestLevel).Order()];
        List<double> agreed = [.. restart.Pods.Select(pod => (pod.Gate!.FirstAgreedAt!.Value - pod.SeesAllRightAt).TotalSeconds).Order()];
        List<double> opened = [.. restart.Pods.Select(pod => (pod.Gate!.OpenedAt!.Value - pod.LastServerKnowsAt).TotalSeconds).Order()];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {kind}: {Pods} pods, {MassRestart.Servers} servers
            questions per server and second: mean {restart.Mean:f0}, peak {restart.Peak}, peak : mean {restart.Peak / restart.Mean:f1}
            one pod at one server, ahead of {Pace.QuestionsPerSecond}/s: at most {level[^1]:f1} (allowed {Pace.Burst})
            first agreeing round after it could be: median {agreed[Pods / 2]:f2} s, last {agreed[^1]:f2} s
            open after the last server knew the new address: median {opened[Pods / 2]:f1} s, last {opened[^1]:f1} s
            """));
        Assert.InRange(level[^1], 1, Pace.Burst);
        Assert.InRange(restart.Peak, 1, Pods * Pace.QuestionsPerSecond);
        Assert.InRange(restart.Peak / restart.Mean, 1, mostOverMean);
        Assert.InRange(agreed[Pods / 2], 0, OneInterval);
        Assert.InRange(agreed[^1], 0, LongestInterval);
    }
}
