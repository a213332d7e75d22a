using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>What the samples of a virtual address are worth: evidence, never proof that every server behind it was met.</summary>
internal static class Sampling
{
    /// <summary>
    /// How often a virtual address is asked while a window fills: every round of it asks
    /// <see cref="Server.SamplesOfVirtualAddress"/> times.
    /// </summary>
    /// <param name="rule">The window.</param>
    /// <param name="interval">The pace of the rounds.</param>
    public static int DrawsOfWindow(SettleRule rule, TimeSpan interval) =>
        Server.SamplesOfVirtualAddress * (int)Math.Min(
            Math.Max(rule.Rounds, Math.Floor(rule.Settle / interval) + 1), int.MaxValue / Server.SamplesOfVirtualAddress);

    /// <summary>
    /// The chance that so many draws meet every one of so many servers at least once, when each draw meets each server with
    /// equal chance, as kube-proxy's do: the coupon collector's inclusion and exclusion.
    /// </summary>
    public static double Confidence(int draws, int servers)
    {
        var (confidence, ways) = (0.0, 1.0);
        for (var missed = 0; missed <= servers; missed++)
        {
            confidence += (missed % 2 == 0 ? 1 : -1) * ways * Math.Pow(1 - ((double)missed / servers), draws);
            ways *= (double)(servers - missed) / (missed + 1);
        }

        return Math.Clamp(confidence, 0, 1);
    }
}
