using System.Globalization;

namespace DnsGate.Lab.Cluster;

/// <summary>What became of a member that was recreated under another address.</summary>
/// <param name="Samples">What was seen of it, in order.</param>
/// <param name="RightAt">When the last DNS server turned right; null when one never did.</param>
internal sealed record Rejoin(IReadOnlyList<Sample> Samples, TimeSpan? RightAt)
{
    /// <summary>So long must a member have a mode and its election port before it counts as joined.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(6);

    // Samples are taken every tenth of a second; a machine that is busy may miss some.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    /// <summary>When the application was first seen to run; null for never.</summary>
    public TimeSpan? StartedAt => First(sample => sample.Program == "java");

    /// <summary>When it first had a mode, which may be no proof.</summary>
    public TimeSpan? ModeAt => First(sample => sample.Mode is not null);

    /// <summary>When it joined: the first sample from which on it was joined for <see cref="Wait"/>; null for never.</summary>
    public TimeSpan? JoinedAt
    {
        get
        {
            Sample? first = null;
            var last = TimeSpan.Zero;
            foreach (var sample in Samples)
            {
                if (!sample.IsJoined || sample.At - last > LongestGap)
                {
                    first = null;
                }

                if (sample.IsJoined)
                {
                    first ??= sample;
                }

                last = sample.At;
                if (first is { } since && sample.At - since.At >= Wait)
                {
                    return since.At;
                }
            }

            return null;
        }
    }

    public int Restarts => Samples is [.., Sample last] ? last.Restarts : 0;

    /// <summary>The times at once, for messages of failed assertions.</summary>
    public override string ToString() =>
        $"servers right {Say(RightAt)}, application {Say(StartedAt)}, a mode {Say(ModeAt)}, joined {Say(JoinedAt)}, {Restarts} restarts";

    private static string Say(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"at {known.TotalSeconds:f1} s") : "never";

    private TimeSpan? First(Func<Sample, bool> condition)
    {
        foreach (var sample in Samples)
        {
            if (condition(sample))
            {
                return sample.At;
            }
        }

        return null;
    }
}
