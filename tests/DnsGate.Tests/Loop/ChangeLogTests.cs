using System.Net;
using System.Text.RegularExpressions;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Linux;
using DnsGate.Loop;
using DnsGate.TestKit;

namespace DnsGate.Tests.Loop;

/// <summary>The log tells each change once: what became of the sources, and what the servers say.</summary>
public sealed class ChangeLogTests
{
    private const string Kube = "kube:kube-system/kube-dns";

    private static readonly SourceReport Listed = new(Kube, Serves: true, null) { Coverage = Coverage.Complete };
    private static readonly SourceReport Failed = new(
        Kube, Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "the API server failed (500)"))
    {
        Coverage = Coverage.Complete,
    };
    private static readonly SourceReport Denied = new(
        Kube, Serves: true,
        new DiscoveryProblem(DiscoveryFault.Forbidden, "it may not (403)") { Remedy = "kind: List\nitems:\n- kind: Role" })
    {
        Coverage = Coverage.Complete,
    };
    private static readonly SourceReport Missing = new(
        "headless:ns.x.svc", Serves: false, new DiscoveryProblem(DiscoveryFault.NotFound, "NXDOMAIN"));

    [Fact]
    public void A_source_that_fails_is_told_once_and_is_no_change_of_the_verdict()
    {
        var log = Entries([Listed], [Failed], [Failed], [Denied], [Listed], [Listed]);

        Assert.Equal(
            ["servers-listed", "verdict-changed", "listing-failed", "listing-failed", "servers-listed"],
            log.Split('\n').Where(line => line.StartsWith("20", StringComparison.Ordinal)).Select(line => line.Split('[', ']')[1]));
    }

    [Fact]
    public void A_verdict_tells_briefly_why_its_sources_are_not_better() =>
        Assert.Contains($"      {Kube}: it may not (403); its last list stays in use; `dnsgate explain` prints the YAML to apply\n",
            Entries([Denied]), StringComparison.Ordinal);

    [Fact]
    public void YAML_to_paste_ends_where_the_next_source_begins()
    {
        var lines = Entries([Denied, Missing])
            .Split('\n')
            .SkipWhile(line => !line.Contains("listing-failed", StringComparison.Ordinal))
            .Skip(1)
            .Take(4);

        Assert.Equal(
            ["      kind: List", "      items:", "      - kind: Role", "    headless:ns.x.svc: NXDOMAIN; it gives no servers"], lines);
    }

    [Fact]
    public void Ten_minutes_of_a_source_that_flaps_each_second_are_a_line_every_five_seconds_and_the_last_state_is_told()
    {
        var rounds = Enumerable.Range(0, 600)
            .Select(second => new[] { second % 2 == 0 ? Failed : Listed })
            .Concat(Enumerable.Repeat(new[] { Listed }, 10));

        var events = Entries(TimeSpan.FromSeconds(1), rounds)
            .Split('\n')
            .Where(line => line.StartsWith("20", StringComparison.Ordinal))
            .Select(line => line.Split('[', ']')[1])
            .ToList();

        Assert.InRange(events.Count, 100, 150);
        Assert.Equal("servers-listed", events[^1]);
    }

    /// <summary>auto: no token all the time, and a headless list that changes or fails.</summary>
    [Fact]
    public void A_source_that_has_not_changed_is_not_told_again_when_another_one_changes()
    {
        SourceReport noToken = new(Kube, Serves: false, new DiscoveryProblem(DiscoveryFault.Absent, "no token"));
        SourceReport headless = new("headless:ns.x.svc", Serves: true, null);
        var silent = headless with { Problem = new DiscoveryProblem(DiscoveryFault.Unreachable, "10.244.0.5:53 is silent") };
        var log = Entries(TimeSpan.FromSeconds(14), Enumerable.Range(0, 64)
            .Select(round => new[] { noToken, round % 2 == 0 ? headless : silent }));

        Assert.Equal(1, Regex.Count(log, @"\[listing-failed\] kube:"));
        Assert.Equal(32, Regex.Count(log, @"\[listing-failed\] headless:"));
        Assert.Equal(32, Regex.Count(log, @"\[servers-listed\]"));
    }

    [Fact]
    public void An_entry_that_repeats_that_it_is_closed_names_the_reason_and_the_server() =>
        Assert.Contains(
            "[still-closed] closed: the only DNS server disagrees: stale-address at 10.244.0.5:53\n",
            Written((log, time) =>
            {
                log.OnRound(Snapshot([Listed]));
                time.Advance(TimeSpan.FromSeconds(30));
                log.OnTick(Snapshot([Listed]));
            }),
            StringComparison.Ordinal);

    [Fact]
    public void Half_a_minute_without_a_change_is_a_line_while_closed_and_none_once_open()
    {
        var closed = Snapshot([Listed]);
        var open = closed with
        {
            Status = GateStatus.Open,
            Reason = Reason.Agrees,
            Servers = [closed.Servers[0] with { Judgement = Judgement.Agrees }],
        };

        Assert.Equal(["verdict-changed", "still-closed", "still-closed", "opened"], EventsOf((closed, 65), (open, 600)));
    }

    [Fact]
    public void A_drift_its_changes_and_its_end_are_told_once_each()
    {
        var wrong = Snapshot([Listed]);
        var open = wrong with
        {
            Status = GateStatus.Open,
            Reason = Reason.Agrees,
            Servers = [wrong.Servers[0] with { Judgement = Judgement.Agrees }],
        };
        var drifting = wrong with { Status = GateStatus.Drifting };
        var otherwise = drifting with
        {
            Reason = Reason.NameMissing,
            Servers = [wrong.Servers[0] with { Judgement = new Judgement(Reason.NameMissing, "A NXDOMAIN") }],
        };

        Assert.Equal(
            ["opened", "drifted", "drifted", "drift-ended"],
            EventsOf((open, 60), (drifting, 60), (drifting, 60), (otherwise, 60), (open, 60), (open, 60)));
    }

    [Fact]
    public void A_gate_that_was_open_before_a_restart_is_resumed_and_does_not_open_again()
    {
        var wrong = Snapshot([Listed]) with { IsResumed = true };
        var resumed = wrong with { Status = GateStatus.Open, Reason = Reason.Agrees, Servers = [], Listing = null };
        var drifting = wrong with { Status = GateStatus.Drifting };
        var open = resumed with { Listing = wrong.Listing, Servers = [wrong.Servers[0] with { Judgement = Judgement.Agrees }] };

        Assert.Equal(["resumed", "verdict-changed"], EventsOf((resumed, 60), (open, 60)));
        Assert.Equal(["resumed", "drifted", "drift-ended"], EventsOf((resumed, 60), (drifting, 60), (open, 60)));
    }

    [Fact]
    public void The_kill_switch_is_told_once() =>
        Assert.Equal(["disabled"], EventsOf((GateSnapshot.Disabled("why"), 600)));

    /// <summary>The events of snapshots that each stood for so many seconds.</summary>
    private static IEnumerable<string> EventsOf(params (GateSnapshot Snapshot, int Seconds)[] story) => Written((log, time) =>
    {
        foreach (var (snapshot, seconds) in story)
        {
            log.OnRound(snapshot);
            for (var second = 0; second < seconds; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                log.OnTick(snapshot);
            }
        }
    }).Split('\n').Where(line => line.StartsWith("20", StringComparison.Ordinal)).Select(line => line.Split('[', ']')[1]);

    /// <summary>The log of rounds at whose beginning the sources were so; one stale server all the time.</summary>
    private static string Entries(params SourceReport[][] rounds) => Entries(TimeSpan.Zero, rounds);

    private static string Entries(TimeSpan interval, IEnumerable<SourceReport[]> rounds) => Written((log, time) =>
    {
        foreach (var sources in rounds)
        {
            var snapshot = Snapshot(sources);
            log.OnListing(snapshot.Listing!);
            log.OnRound(snapshot);
            time.Advance(interval);
        }
    });

    private static string Written(Action<ChangeLog, ManualTime> happens)
    {
        var time = new ManualTime();
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Append, FileAccess.Write))
            {
                happens(
                    new ChangeLog(new Log(LogFormat.Text, LogLevel.Info, time, new StandardStream((int)file.DangerousGetHandle())), time),
                    time);
            }

            return File.ReadAllText(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static GateSnapshot Snapshot(SourceReport[] sources)
    {
        Assert.True(DnsName.TryParse("zk-0.zk-headless.prod.svc.cluster.local", out var name, out _));
        var server = new Server(new ServerAddress(IPAddress.Parse("10.244.0.5")), Kube);
        var view = new View(new ViewKey(ViewKind.Cluster), name, [IPAddress.Parse("10.244.1.7")],
            ReversePolicy.Contains, FamilyPolicy.Auto, Quorum.All, [server]);
        return new GateSnapshot
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
