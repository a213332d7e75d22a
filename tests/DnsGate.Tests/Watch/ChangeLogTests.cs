using System.Net;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;
using DnsGate.Os;
using DnsGate.Watch;

namespace DnsGate.Tests.Watch;

/// <summary>The log tells each change once: what became of the sources, and what the servers say.</summary>
public sealed class ChangeLogTests
{
    private const string Kube = "kube:kube-system/kube-dns";

    private static readonly SourceReport Listed = new(Kube, Serves: true, null) { Coverage = Coverage.Complete };
    private static readonly SourceReport Failed = new(Kube, Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "the API server failed (500)")) { Coverage = Coverage.Complete };
    private static readonly SourceReport Denied = new(Kube, Serves: true, new DiscoveryProblem(DiscoveryFault.Forbidden, "it may not (403)") { Remedy = "kind: List\nitems:\n- kind: Role" }) { Coverage = Coverage.Complete };
    private static readonly SourceReport Missing = new("headless:ns.x.svc", Serves: false, new DiscoveryProblem(DiscoveryFault.NotFound, "NXDOMAIN"));

    [Fact]
    public void A_source_that_fails_is_told_once_and_is_no_change_of_the_verdict()
    {
        var log = Told([Listed], [Failed], [Failed], [Denied], [Listed], [Listed]);

        Assert.Equal(
            ["servers-listed", "verdict-changed", "listing-failed", "listing-failed", "servers-listed"],
            log.Split('\n').Where(line => line.StartsWith("20", StringComparison.Ordinal)).Select(line => line.Split('[', ']')[1]));
    }

    [Fact]
    public void A_verdict_tells_briefly_why_its_sources_are_not_better() =>
        Assert.Contains($"      {Kube}: it may not (403); its last list stays in use; `dnsgate explain` prints the YAML to apply\n", Told([Denied]), StringComparison.Ordinal);

    [Fact]
    public void YAML_to_paste_ends_where_the_next_source_begins()
    {
        var lines = Told([Denied, Missing]).Split('\n').SkipWhile(line => !line.Contains("listing-failed", StringComparison.Ordinal)).Skip(1).Take(4);

        Assert.Equal(["      kind: List", "      items:", "      - kind: Role", "    headless:ns.x.svc: NXDOMAIN; it gives no servers"], lines);
    }

    /// <summary>The log of rounds at whose beginning the sources were so; one stale server all the time.</summary>
    private static string Told(params SourceReport[][] rounds)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Append, FileAccess.Write))
            {
                var log = new ChangeLog(new Log(LogFormat.Text, LogLevel.Info, TimeProvider.System, new StandardStream((int)file.DangerousGetHandle())), TimeProvider.System);
                foreach (var sources in rounds)
                {
                    var snapshot = Seen(sources);
                    log.OnListing(snapshot.Listing!);
                    log.OnRound(snapshot, new History());
                }
            }

            return File.ReadAllText(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Snapshot Seen(SourceReport[] sources)
    {
        Assert.True(DnsName.TryParse("zk-0.zk-headless.prod.svc.cluster.local", out var name, out _));
        var server = new Server(new ServerAddress(IPAddress.Parse("10.244.0.5")), Kube);
        var view = new View(new ViewKey(ViewKind.Cluster), name, [IPAddress.Parse("10.244.1.7")], ReversePolicy.Contains, FamilyPolicy.Auto, Quorum.All, [server]);
        return new Snapshot
        {
            Status = GateStatus.Closed,
            Reason = Reason.StaleAddress,
            Name = name,
            Addresses = view.Addresses,
            Listing = new Listing([view], Coverage.Complete) { Sources = [.. sources] },
            Servers = [new ServerVerdict(server, view, new Judgement(Reason.StaleAddress, "A 10.244.2.9, expected 10.244.1.7"), [])],
        };
    }
}
