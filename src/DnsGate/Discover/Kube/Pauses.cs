namespace DnsGate.Discover.Kube;

/// <summary>How long to wait before the API server is asked again: all pods of a cluster may have lost it at the same moment.</summary>
/// <param name="chance">Gives numbers from 0 to 1.</param>
internal sealed class Pauses(Func<double> chance)
{
    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(4);

    private TimeSpan next = Shortest;

    /// <summary>After a watch that is over, or a failure that may pass: twice as long each time.</summary>
    public TimeSpan BeforeNext()
    {
        var pause = next;
        next = next * 2 < Longest ? next * 2 : Longest;
        return Jittered(pause);
    }

    /// <summary>After a failure that only a person can mend.</summary>
    public TimeSpan AfterDefiniteFailure() => Jittered(Longest);

    /// <summary>All is well: the next failure is the first again.</summary>
    public void Reset() => next = Shortest;

    /// <summary>How many seconds the API server is asked to keep a watch open: 4 to 6 minutes.</summary>
    public int SecondsOfWatch() => (int)(ShortestWatch * (1 + (chance() / 2))).TotalSeconds;

    /// <summary>Half to all of a pause.</summary>
    private TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + (chance() / 2));
}
