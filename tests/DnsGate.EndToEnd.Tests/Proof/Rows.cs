using DnsGate.Prove;

namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>What members did, as the proof sees it: a look every tenth of a second, without any member.</summary>
internal static class Rows
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1);

    /// <summary>One that joins at a time and stays.</summary>
    public static Rejoin Joining(double? startedAt, double? joinedAt, double? rightAt, int restarts = 0) =>
        new(
            [.. Looks(0, 70).Select(at => Look(at, at >= startedAt, at >= joinedAt ? "follower" : null, at >= joinedAt, restarts))],
            rightAt is { } right ? TimeSpan.FromSeconds(right) : null);

    public static Row Row(string variant, Rejoin rejoin, int trial = 0) =>
        new(new Trial(Variant.All.Single(known => known.Key == variant), trial, 1), 3, [1.5, 20, 5], rejoin);

    public static Sample Look(double at, bool runs, string? mode, bool listens, int restarts = 0) =>
        new(TimeSpan.FromSeconds(at), runs ? "java" : "dnsgate", mode, listens, restarts);

    public static IEnumerable<double> Looks(double from, double to)
    {
        for (var look = 0; from + look * Pause.TotalSeconds < to; look++)
        {
            yield return from + look * Pause.TotalSeconds;
        }
    }
}
