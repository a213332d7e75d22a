using System.Globalization;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// When a server counts as frozen: its wrong answer came again after every cache entry for it must have expired, while another
/// server was right. The first of two servers is right from a time on; the second is what the row says.
/// </summary>
public sealed class FrozenServerTests
{
    private const string Restart =
        "restart it: find its pod with `kubectl get pods,services -A -o wide | grep -wF -e 10.244.0.2`, and delete that pod";

    [Theory]
    [InlineData("the old address, always with the whole TTL", 0, "A 10.244.2.9 ttl 30", 0, 30, 36)]
    [InlineData("the old address with a short TTL", 0, "A 10.244.2.9 ttl 5", 0, 30, 36)]
    [InlineData("the old address with a long TTL", 0, "A 10.244.2.9 ttl 100", 0, 100, 110)]
    [InlineData("the name of a new pod, missing", 0, "all NXDOMAIN ttl 5", 0, 30, 36)]
    [InlineData("an expired entry, served stale", 0, "A 10.244.2.9 ttl 0", 0, 60, 66)]
    [InlineData("the old address from a cache that is filled again", 0, "A 10.244.2.9", 30, 30, 65)]
    [InlineData("the other server is right only later", 40, "A 10.244.2.9 ttl 30", 0, 70, 76)]
    public void A_server_is_frozen_once_its_old_answer_came_again(
        string sentence, double otherRightAt, string told, double cachedFor, double notBefore, double atTheLatest)
    {
        var replay = Play(otherRightAt, (now, _) => told + CachedTtl(now, cachedFor)).Until(120);
        var first = replay.Published.Find(snapshot => snapshot.Diagnoses.Any(item => item.Name == Diagnosis.FrozenServer));
        Assert.True(first is not null, sentence);
        Assert.InRange(first.Now.TotalSeconds, notBefore, atTheLatest);
        Assert.Equal(Restart, first.Diagnoses.Single(item => item.Name == Diagnosis.FrozenServer).Remedy);
    }

    /// <summary>What the remedy of a frozen server would be wrong for.</summary>
    [Theory]
    [InlineData("a cache that holds the old address for its 30 s", 0, 29.9)]
    [InlineData("the same, and the other server is right only later", 25, 54.9)]
    [InlineData("a server that is 20 s late", 0, 20)]
    public void A_server_that_only_lags_behind_is_never_frozen(string sentence, double otherRightAt, double rightAt)
    {
        // Each partition has an entry of its own, filled at most 30 s before it expires.
        var replay = Play(otherRightAt, (now, _) =>
            now.TotalSeconds >= rightAt
                ? "right"
                : string.Create(CultureInfo.InvariantCulture, $"A 10.244.2.9 ttl {Math.Ceiling(rightAt - now.TotalSeconds)}"))
            .Until(120);
        Assert.NotNull(replay.OpenedAt);
        Assert.All(replay.Published, snapshot => Assert.False(
            snapshot.Diagnoses.Any(item => item.Name == Diagnosis.FrozenServer), $"{sentence}: {snapshot.Now}"));
    }

    [Theory]
    [InlineData("no server is right", "A 10.244.2.8 ttl 5", "A 10.244.2.9 ttl 5")]
    [InlineData("all return the same", "A 10.244.2.9 ttl 5", "A 10.244.2.9 ttl 5")]
    [InlineData("the server fails", "right", "all SERVFAIL")]
    [InlineData("the server does not answer", "right", "all SILENCE")]
    public void Without_a_server_that_is_right_and_one_that_is_old_no_server_is_frozen(string sentence, string first, string second)
    {
        var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2)), (question, _) =>
            FakeAnswers.By(question.Server == Fixtures.S(1) ? first : second).To(question)).Until(120);
        Assert.All(replay.Published, snapshot => Assert.False(
            snapshot.Diagnoses.Any(item => item.Name == Diagnosis.FrozenServer), $"{sentence}: {snapshot.Now}"));
    }

    private static string CachedTtl(TimeSpan now, double cachedFor) => cachedFor == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $" ttl {Math.Max(1, Math.Ceiling(cachedFor - (now.TotalSeconds % cachedFor)))}");

    private static Replay Play(double otherRightAt, Func<TimeSpan, Core.Model.Question, string> second) =>
        new(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2)), (question, now) => FakeAnswers.By(
            question.Server == Fixtures.S(2) ? second(now, question)
            : now.TotalSeconds >= otherRightAt ? "right"
            : "A 10.244.2.9 ttl 0").To(question));
}
