using System.Text;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>What the page of the sidecar has to show: each state of the gate, with what led to it.</summary>
internal static class PageScenes
{
    public static readonly DateTimeOffset Time = new(2026, 11, 22, 12, 3, 7, TimeSpan.Zero);

    public static readonly PageFacts Facts = new("dnsgate 0.1.0 (commit 0123abc)", IsStopping: false);

    public static readonly Identity Identity = new(Fixtures.Name, "/etc/hosts line 7", Fixtures.Ips(Fixtures.Own), "POD_IPS");

    private const string Old = "A 10.244.2.9 ttl 12";

    /// <summary>Every scene by its name.</summary>
    public static IReadOnlyDictionary<string, (GateSnapshot Snapshot, PageFacts Facts)> All { get; } =
        new Dictionary<string, (GateSnapshot, PageFacts)>
        {
            ["starting"] = (Starting(), Facts),
            ["closed"] = (Closed(), Facts),
            ["closed-early"] = (
                Replay(TimeSpan.FromSeconds(12.5), (0.1, Cluster("all NXDOMAIN", "all NXDOMAIN", "all SILENCE")),
                    (3, Cluster("right", "all NXDOMAIN", Old)), (8, Cluster("right", "right", Old))),
                Facts),
            ["settling"] = (Replay(TimeSpan.FromSeconds(4), (0.1, Cluster("right", "right", Old)), (2, Settling())), Facts),
            ["open"] = (Replay(TimeSpan.FromMinutes(200), (0.1, Cluster("right", "right", Old)), (9, Open())), Facts),
            ["resumed"] =
                (GateSnapshot.Resumed(Identity, TimeSpan.FromMinutes(30)) with { Now = TimeSpan.FromSeconds(0.3), Time = Time }, Facts),
            ["drifting"] = (Drifting(), Facts),
            ["undecidable"] = (Replay(TimeSpan.FromSeconds(40), (1, Silent())), Facts),
            ["unlisted"] = (Unlisted(), Facts),
            ["disabled"] = (GateSnapshot.Disabled("incident 4711: CoreDNS is being replaced") with { Time = Time }, Facts),
            ["stopping"] = (Closed(), Facts with { IsStopping = true }),
            ["dual-stack"] = (DualStack(), Facts),
            ["hostile"] = (Hostile(), Facts with { Version = "<b>&'\"" }),
        };

    public static GateSnapshot Starting() => GateSnapshot.Starting(Identity) with { Now = TimeSpan.FromSeconds(0.3), Time = Time };

    /// <summary>The moment after these rounds, each at its second.</summary>
    public static GateSnapshot Replay(TimeSpan now, params (double At, GateSnapshot Snapshot)[] rounds)
    {
        var timeline = History.Empty;
        foreach (var (at, snapshot) in rounds)
        {
            timeline = timeline.After(snapshot, TimeSpan.FromSeconds(at));
        }

        return rounds[^1].Snapshot with { History = timeline, Now = now, Time = Time };
    }

    /// <summary>One of three is stale, after an eventful hour: servers were silent, flapped, left and came.</summary>
    public static GateSnapshot Closed()
    {
        var withOld = Listing(4);
        return Replay(
            TimeSpan.FromMinutes(71),
            (0.5, Silent()),
            (20, SnapshotBuilder.By(
                withOld, Fixtures.AnswersOf(withOld.Views[0], "all NXDOMAIN", "all NXDOMAIN", "all SILENCE", "all NXDOMAIN"))),
            (1500, SnapshotBuilder.By(withOld, Fixtures.AnswersOf(withOld.Views[0], "right", Old, "all SILENCE", "right"))),
            (1900, SnapshotBuilder.By(withOld, Fixtures.AnswersOf(withOld.Views[0], "PTR NXDOMAIN ra", Old, "right", "right"))),
            (1930, SnapshotBuilder.By(withOld, Fixtures.AnswersOf(withOld.Views[0], "right", "A 10.244.2.10", "right", "right"))),
            (2700, Cluster("right", "A 10.244.2.10", "right")),
            (2701, Cluster("right", "A 10.244.2.10", "A 10.244.1.7 ttl 0")),
            (2702, Cluster("all SERVFAIL", Old, "right")),
            (2703, Cluster("right", Old, "right")));
    }

    private static GateSnapshot Drifting()
    {
        var opened = Open();
        var drifted = Cluster("right", Old, "right") with { Status = GateStatus.Drifting };
        return Replay(TimeSpan.FromMinutes(93), (1, opened), (4000, drifted), (4120, opened), (5400, drifted));
    }

    private static GateSnapshot Unlisted()
    {
        var listing = new Listing([Fixtures.Cluster(0)], Coverage.None)
        {
            IsIncomplete = true,
            Sources =
            [
                new SourceReport("kube:kube-system/kube-dns", Serves: false,
                    new DiscoveryProblem(DiscoveryFault.Forbidden, "403: endpointslices.discovery.k8s.io is forbidden")
                    {
                        Remedy = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: dnsgate\n"
                            + "  namespace: kube-system\nrules:\n  - apiGroups: [discovery.k8s.io]\n    resources: [endpointslices]\n"
                            + "    verbs: [get, list, watch]",
                    }),
            ],
            Notes = ["/etc/resolv.conf line 3 is not asked: this pod has no interface 'eth9', which fe80::53 is behind"],
        };
        return Replay(
            TimeSpan.FromSeconds(90),
            (1, SnapshotBuilder.By(listing, FakeAnswers.By("right").To) with { Reason = Reason.DiscoveryFailed }));
    }

    private static GateSnapshot DualStack()
    {
        var cluster = Fixtures.Cluster(20, $"{Fixtures.Own} {Fixtures.OwnIPv6}");
        cluster = cluster with
        {
            Servers = [.. cluster.Servers.Select((server, index) =>
                index == 17 ? server with { Condition = EndpointCondition.NotReady } : server)],
        };
        var app = Fixtures.App(Server.SamplesOfVirtualAddress, $"{Fixtures.Own} {Fixtures.OwnIPv6}");
        var listing = Fixtures.Listing(cluster, app) with { Coverage = Coverage.Complete };
        var right = FakeAnswers.By($"AAAA {Fixtures.OwnIPv6}");
        var wrong = new Dictionary<ServerAddress, FakeAnswers>
        {
            [Fixtures.S(4)] = FakeAnswers.By("AAAA fd00:244::9"),
            [Fixtures.S(11)] = FakeAnswers.By("A 10.244.2.9; AAAA NODATA"),
            [Fixtures.S(13)] = FakeAnswers.By("all SILENCE"),
            [Fixtures.S(18)] = FakeAnswers.By("all SILENCE"),
        };
        var closed = SnapshotBuilder.By(listing, question => wrong.GetValueOrDefault(question.Server, right).To(question));
        var further = SnapshotBuilder.By(
            listing, question => (question.Step.Stage == Stage.App && question.Sample == 3 ? wrong[Fixtures.S(11)] : right).To(question));
        return Replay(TimeSpan.FromMinutes(14), (1, closed), (300, further), (420, closed), (700, further));
    }

    /// <summary>Whatever others may write: markup and control characters in PTR records, sources, problems and names.</summary>
    public static GateSnapshot Hostile()
    {
        var cluster = Fixtures.Cluster(3);
        cluster = cluster with { Servers = [.. cluster.Servers.Select(server => server with { Source = Attack })] };
        var listing = new Listing([cluster], Coverage.Complete)
        {
            Sources = [new SourceReport(
                Attack, Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, Attack) { Remedy = $"{Attack}\n{Attack}" })],
            Notes = [Attack],
        };
        var pointers = Enumerable.Range(0, 1000).Select(RecordData (number) => new RecordData.Pointer(HostileName(number)));
        var snapshot = SnapshotBuilder.By(listing, question =>
            question.Server == Fixtures.S(1) ? new Outcome.Malformed(Attack)
            : question.Server == Fixtures.S(2) ? new Outcome.Unreachable(Attack)
            : question.Type == RecordType.PTR ? new Outcome.Responded(new Answer.Records([.. pointers], 30), false)
            : FakeAnswers.By("right").To(question));
        return Replay(TimeSpan.FromMinutes(5), (1, Cluster("right", "right", "right")),
            (60, snapshot with { Diagnoses = [.. snapshot.Diagnoses, new Diagnosis(Attack, Attack, Attack)] }));
    }

    /// <summary>What would be a script, an attribute, the end of an element, of a comment or of a line.</summary>
    public const string Attack = "</title></style><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">' "
        + "onload='x'--> ]]> &amp; &#60;b> `code` \u001b[2J\0\u202e\uD800\uFFFF https://example.com/\r";

    private static DnsName HostileName(int number) =>
        DnsName.FromWire([
            .. new[] { $"<script>{number}</script>\"'", "\u001b[2J\0&lt;\u007f" }
                .SelectMany(label => Encoding.Latin1.GetBytes(label).Prepend((byte)label.Length)),
            0,
        ]);

    private static GateSnapshot Silent() => Cluster("all SILENCE", "all SILENCE", "all UNREACHABLE");

    private static GateSnapshot Settling() =>
        Open() with { Status = GateStatus.Closed, State = new SettleProgress(2, TimeSpan.FromSeconds(2), false) };

    private static GateSnapshot Open() => Cluster("right", "right", "right");

    private static GateSnapshot Cluster(params string[] told)
    {
        var listing = Listing(told.Length);
        return SnapshotBuilder.By(listing, Fixtures.AnswersOf(listing.Views[0], told));
    }

    private static Listing Listing(int servers)
    {
        var view = Fixtures.Cluster(servers);
        const string kube = "kube:kube-system/kube-dns";
        return new Listing([view with { Servers = [.. view.Servers.Select(server => server with { Source = kube })] }], Coverage.Complete)
        {
            Sources = [new SourceReport(kube, Serves: true, Problem: null) { Coverage = Coverage.Complete }],
        };
    }
}
