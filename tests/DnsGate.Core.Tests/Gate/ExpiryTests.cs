using System.Globalization;
using System.Text.Json;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Report;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// When a wrong answer expires: told only where a cache was seen to hold it, and never in what must not change each second.
/// </summary>
public sealed class ExpiryTests
{
    private const double RightAt = 25;

    [Theory]
    [InlineData("the application's partition alone")]
    [InlineData("all partitions, as in unbound and dnsmasq")]
    public void The_end_of_a_TTL_that_falls_is_told_and_is_when_the_server_becomes_right(string cached)
    {
        var replay = Play((question, now) =>
            now < RightAt && (cached[0] == 'a' && cached[1] == 'l' || question.Partition == CachePartition.Plain)
                ? Old(RightAt - now)
                : "right").Until(60);
        Assert.NotNull(replay.OpenedAt);
        var told = Told(replay);
        // From the second answer on, which shows that the TTL falls.
        Assert.InRange(told[0].At, 1, 4);
        Assert.All(told, one => Assert.InRange(one.At + one.Seconds, RightAt - 0.1, RightAt + 1.1));
        Assert.Equal(told.Select(one => one.Seconds).OrderDescending(), told.Select(one => one.Seconds));
        Assert.True(told[^1].At > RightAt - 2, $"the last is of {told[^1].At}");
    }

    [Theory]
    [InlineData("no cache: the TTL is the same in each answer", 0)]
    [InlineData("a cache that a frozen server fills again", 30)]
    [InlineData("a cache that serves stale answers with TTL 0", 20)]
    [InlineData("a cache that serves stale answers with a TTL of their own", 21)]
    [InlineData("a cache, and then silence", 30)]
    [InlineData("samples of a virtual address, from several caches", 0)]
    public void Nothing_is_promised_where_the_end_of_a_TTL_would_change_nothing(string sentence, double until)
    {
        var replay = Play((question, now) => sentence switch
        {
            "a cache that a frozen server fills again" => Old(30 - (now % 30)),
            "a cache that serves stale answers with TTL 0" => Old(Math.Max(0, 20 - now)),
            "a cache that serves stale answers with a TTL of their own" => Old(now < 20 ? 20 - now : 30),
            "a cache, and then silence" => now < 29 ? Old(30 - now) : "all SILENCE",
            "samples of a virtual address, from several caches" => Old(30 - question.Sample - (now % 7)),
            _ => Old(30),
        }, sentence[0] == 's' ? Server.SamplesOfVirtualAddress : 1).Until(100);
        Assert.True(replay.OpenedAt is null, sentence);
        var told = Told(replay);
        Assert.True(until == 0 ? told.Count == 0 : told.Count > 0, $"{sentence}: told {told.Count} times");
        Assert.All(told, one => Assert.InRange(one.At, 0, until + 0.1));
    }

    [Fact]
    public void What_must_not_change_each_second_has_no_TTL()
    {
        var snapshots = EachSecond(Play((_, now) => Old(60 - now)).Until(20), 20);
        Assert.Equal(19, snapshots.Count);
        Assert.All(
            new Func<GateSnapshot, string>[]
            {
                TextReport.Headline, TextReport.RenderInBrief, TextReport.RenderWithoutFailures, snapshot => TextReport.Render(snapshot),
            },
            text => Assert.Single(snapshots.Select(text).Distinct()));
        Assert.True(snapshots.Select(snapshot => TextReport.Render(snapshot, withTtl: true)).Distinct().Count() > 15);
    }

    [Fact]
    public void Every_output_for_people_and_programs_has_the_seconds_that_are_left()
    {
        var snapshot = EachSecond(Play((_, now) => Old(60 - now)).Until(20), 20)[^1];
        var seconds = snapshot.ExpiresIn(snapshot.Servers[1])!.Value;
        Assert.InRange(seconds, 40, 42);
        Assert.Contains(
            $" A 10.244.2.9, expected 10.244.1.7 (cached answer, expires in {seconds}s)\n", TextReport.Render(snapshot, withTtl: true),
            StringComparison.Ordinal);
        // Also where a terminal is only 40 columns wide.
        var row = TableReport.Render(snapshot, paint: false, width: 40, "", snapshot.SinceOf).Split('\n')
            .Single(line => line.StartsWith("10.244.0.2:53 ", StringComparison.Ordinal));
        Assert.Contains($"  stale-address  {seconds}s left", row, StringComparison.Ordinal);
        Assert.Contains(
            $"cached answer, expires in {seconds}s",
            PageReport.Render(snapshot, new PageFacts("dnsgate", IsStopping: false)), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(JsonReport.Render(snapshot));
        Assert.Equal(
            [null, seconds],
            json.RootElement.GetProperty("servers").EnumerateArray()
                .Select(server => server.TryGetProperty("expiresIn", out var number) ? number.GetInt32() : null as int?));
        // A second later it is one less, without a question.
        Assert.Equal(seconds - 1, (snapshot with { Now = snapshot.Now + TimeSpan.FromSeconds(1) }).ExpiresIn(snapshot.Servers[1]));
        Assert.Null((snapshot with { Now = snapshot.Now + TimeSpan.FromSeconds(seconds) }).ExpiresIn(snapshot.Servers[1]));
    }

    /// <summary>One round cannot tell a cache from a server without one: it has the TTL, and promises nothing.</summary>
    [Fact]
    public void One_answer_has_its_TTL_and_no_promise()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(2), "A 10.244.2.9 ttl 12", "A 10.244.2.9 ttl 0");
        var lines = TextReport.Render(snapshot, withTtl: true).Split('\n');
        Assert.EndsWith(" A 10.244.2.9, expected 10.244.1.7 (TTL 12s)", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" A 10.244.2.9, expected 10.244.1.7", lines[2], StringComparison.Ordinal);
        Assert.Contains("  12s  10.244.2.9", TableReport.Render(snapshot, paint: false, width: 80), StringComparison.Ordinal);
        Assert.DoesNotContain("expire", TextReport.Render(snapshot, withTtl: true), StringComparison.Ordinal);
        Assert.DoesNotContain("expiresIn", JsonReport.Render(snapshot), StringComparison.Ordinal);
    }

    private static string Old(double ttl) => string.Create(CultureInfo.InvariantCulture, $"A 10.244.2.9 ttl {Math.Ceiling(ttl)}");

    private static Replay Play(Func<Question, double, string> second, int samples = 1)
    {
        var view = Fixtures.Cluster(2);
        return new Replay(
            new ManualTime(),
            Fixtures.Listing(view with { Servers = [view.Servers[0], view.Servers[1] with { Samples = samples }] }),
            (question, now) =>
                FakeAnswers.By(question.Server == Fixtures.S(2) ? second(question, now.TotalSeconds) : "right").To(question));
    }

    private static List<(double At, int Seconds)> Told(Replay replay) =>
        [.. from snapshot in EachSecond(replay, replay.OpenedAt?.TotalSeconds ?? 100)
            from server in snapshot.Servers
            let seconds = snapshot.ExpiresIn(server)
            where seconds is not null
            select (snapshot.Now.TotalSeconds, seconds.Value)];

    /// <summary>What the loop shows of a gate that waits: the last snapshot, each second.</summary>
    private static List<GateSnapshot> EachSecond(Replay replay, double until) =>
        [.. from second in Enumerable.Range(1, (int)until - 1)
            let now = TimeSpan.FromSeconds(second)
            select replay.Published.Last(snapshot => snapshot.Now <= now) with { Now = now }];
}
