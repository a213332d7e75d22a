using System.Collections.Concurrent;
using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Spec;
using DnsGate.TestKit;
using DnsGate.Watch;

namespace DnsGate.Tests.Watch;

/// <summary>The watch of a gate that is open, a minute of its life in a tenth of a second: what it asks, lists and tells.</summary>
public sealed class DriftLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly LoopbackNameServer _first = new(Questions.Right.ToBehaviour());
    private readonly LoopbackNameServer _second = new(Questions.Right.ToBehaviour());
    private readonly HastyTime _time = new(600);
    private readonly ConcurrentQueue<Moment> _rounds = new();
    private int _listings;
    private volatile Func<Listing> _list;

    public DriftLoopTests() => _list = Both;

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task While_all_agree_the_servers_are_listed_every_five_minutes_and_nothing_else_is_told()
    {
        await WatchAsync(() => _rounds.Count >= 22);

        Assert.All(_rounds, moment => Assert.Equal((GateStatus.Open, false, Reason.Agrees), (moment.Snapshot.Status, moment.Snapshot.IsDrifting, moment.Snapshot.Reason)));
        // Rounds come at most 6.6 s late, so that every fifth, or fourth, is due to list.
        Assert.InRange(_listings, (_rounds.Count - 1) / 6, (_rounds.Count / 4) + 1);
    }

    [Fact]
    public async Task A_drift_lasts_as_long_as_the_server_disagrees_and_costs_one_listing_a_minute()
    {
        _second.Behaviour = Questions.Stale.WithTtl(0).ToBehaviour();
        await WatchAsync(() => _rounds.Count >= 3, () => _second.Behaviour = Questions.Right.ToBehaviour(), () => !_rounds.Last().Snapshot.IsDrifting);

        Moment drifting = _rounds.First();
        Assert.Equal((GateStatus.Open, true, Reason.StaleAddress), (drifting.Snapshot.Status, drifting.Snapshot.IsDrifting, drifting.Snapshot.Reason));
        Assert.StartsWith($"open: {Questions.NameText} is {Questions.Ip}; since it opened, 1 of 2 name servers has come to disagree", TextReport.Render(drifting.Snapshot), StringComparison.Ordinal);
        Assert.Contains("stale-address: ", TextReport.Render(drifting.Snapshot), StringComparison.Ordinal);
        Assert.Equal(Reason.Agrees, _rounds.Last().Snapshot.Reason);
        Assert.Equal([GateStatus.Open], _rounds.Select(moment => moment.Snapshot.Status).Distinct());
        Assert.InRange(_listings, 1, _rounds.Count);
    }

    [Fact]
    public async Task A_server_that_was_replaced_meanwhile_is_no_drift()
    {
        _list = () => ListingOf(_first);
        _second.Behaviour = Misbehaving.Silent();

        await WatchAsync(() => _rounds.Count >= 3);

        Assert.All(_rounds, moment => Assert.False(moment.Snapshot.IsDrifting, TextReport.Render(moment.Snapshot)));
        Assert.All(_rounds, moment => Assert.Single(moment.Snapshot.Servers));
        Assert.Equal(1, _listings);
    }

    [Fact]
    public async Task A_moment_of_silence_is_no_drift_and_silence_that_lasts_is()
    {
        // A and AAAA of one round, and both once more.
        _second.Behaviour = Misbehaving.DropFirst(4, Questions.Right.ToBehaviour());

        await WatchAsync(() => _rounds.Count >= 3, () => _second.Behaviour = Misbehaving.Silent(), () => _rounds.Last().Snapshot.IsDrifting);

        Assert.All(_rounds.Take(3), moment => Assert.False(moment.Snapshot.IsDrifting, TextReport.Render(moment.Snapshot)));
        Assert.Equal(Reason.TimedOut, _rounds.Last().Snapshot.Reason);
    }

    [Fact]
    public async Task While_it_drifts_a_server_that_leaves_the_list_is_left_within_minutes()
    {
        _second.Behaviour = Misbehaving.Silent();

        await WatchAsync(() => !_rounds.IsEmpty, () => _list = () => ListingOf(_first), () => !_rounds.Last().Snapshot.IsDrifting);

        Assert.True(_rounds.First().Snapshot.IsDrifting);
        Assert.InRange(_rounds.Count, 2, 3);
    }

    [Fact]
    public async Task A_new_server_that_disagrees_is_a_drift()
    {
        Listing one = ListingOf(_first);
        _second.Behaviour = Questions.Stale.ToBehaviour();

        await WatchAsync(() => _rounds.Any(moment => moment.Snapshot.IsDrifting), opened: one);

        Assert.Equal(2, _rounds.Last().Snapshot.Servers.Length);
        Assert.InRange(_rounds.Count, 4, 7);
    }

    [Fact]
    public async Task A_weaker_source_that_stands_in_ends_no_drift()
    {
        Listing complete = Both() with { Coverage = Coverage.Complete, Sources = [new SourceReport("kube:kube-system/kube-dns", Serves: true, null)] };
        var failed = new SourceReport("kube:kube-system/kube-dns", Serves: false, new DiscoveryProblem(DiscoveryFault.Unreachable, "no connection"));
        _list = () => ListingOf(_first) with { Coverage = Coverage.Sampled, Sources = [failed, new SourceReport("resolv.conf", Serves: true, null)] };
        _second.Behaviour = Questions.Stale.WithTtl(0).ToBehaviour();

        await WatchAsync(() => _rounds.Count >= 4, opened: complete);

        Assert.All(_rounds, moment => Assert.True(moment.Snapshot.IsDrifting, TextReport.Render(moment.Snapshot)));
        Assert.All(_rounds, moment => Assert.Equal([(true, "kube:kube-system/kube-dns"), (false, "resolv.conf")], moment.Snapshot.Listing!.Sources.Select(source => (source.Serves, source.Source))));
        Assert.Contains("its last list stays in use", TextReport.Render(_rounds.Last().Snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_more_than_an_application_asks_and_outside_the_cluster_nobody_is()
    {
        View external = new(new ViewKey(ViewKind.External), Questions.Name, [IPAddress.Parse(Questions.Ip)], ReversePolicy.Off, FamilyPolicy.Auto, Quorum.One, [ServerOf(_second)]);
        Listing listing = ListingOf(_first) with { Views = [.. ListingOf(_first).Views, external] };
        _list = () => listing;

        await WatchAsync(() => _rounds.Count >= 4, opened: listing);

        Assert.Equal(0, _second.QueryCount);
        Assert.All(_first.Queries, query => Assert.Equal((true, false, false), (query.RD, query.CD, query.DO)));
        // A, AAAA and PTR.
        Assert.InRange(_first.QueryCount, 3 * (_rounds.Count - 1), 3 * (_rounds.Count + 1));
        Assert.All(_rounds, moment => Assert.Equal([ViewKind.Cluster, ViewKind.External], moment.Snapshot.Servers.Select(server => server.View.Kind)));
    }

    /// <summary>An opened gate is watched until the condition holds; then the change is made, and watched until the second holds.</summary>
    private async Task WatchAsync(Func<bool> until, Action? change = null, Func<bool>? thenUntil = null, Listing? opened = null)
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(30));
        Recorder recorder = new(_rounds, () =>
        {
            if (until())
            {
                change?.Invoke();
                until = thenUntil ?? (() => true);
                (change, thenUntil) = (null, null);
                if (until())
                    stop.Cancel();
            }
        });
        Snapshot snapshot = Opened(opened ?? Both());
        Pulse pulse = new(snapshot, recorder, _time);
        // 10 minutes of this clock are a second.
        using NameServerClient client = new(TimeSpan.FromMinutes(10), _time);
        DriftLoop loop = new(Minute, ListAsync, new RoundWalker(client, Minute, pulse, recorder), pulse, new Patience(TimeSpan.FromSeconds(1)), recorder);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop.RunAsync(snapshot, stop.Token));
        Assert.True(until(), $"{_rounds.Count} rounds, and it never came to that: {(_rounds.IsEmpty ? "" : TextReport.Render(_rounds.Last().Snapshot))}");
    }

    private Task<Listing> ListAsync(CancellationToken stop)
    {
        _listings++;
        return Task.FromResult(_list());
    }

    private Listing Both() => ListingOf(_first, _second);

    private static Server ServerOf(LoopbackNameServer server) => new(new ServerAddress(server.Endpoint.Address, server.Endpoint.Port), "static");

    private static Listing ListingOf(params LoopbackNameServer[] servers) =>
        new([Questions.ViewOf(servers[0].Endpoint) with { Servers = [.. servers.Select(ServerOf)] }], Coverage.Static);

    private static Snapshot Opened(Listing listing) => new()
    {
        Status = GateStatus.Open,
        Reason = Reason.Agrees,
        Name = Questions.Name,
        Addresses = [IPAddress.Parse(Questions.Ip)],
        Listing = listing,
        Servers = [.. listing.Views.SelectMany(view => view.Servers.Select(server => new ServerVerdict(server, view, Judgement.Agrees, [])))],
    };

    private sealed class Recorder(ConcurrentQueue<Moment> rounds, Action then) : IWatcher
    {
        public void OnRound(Moment moment)
        {
            rounds.Enqueue(moment);
            then();
        }
    }
}
