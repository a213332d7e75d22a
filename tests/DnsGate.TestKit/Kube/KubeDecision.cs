namespace DnsGate.TestKit;

/// <summary>What the right answer to a request is.</summary>
internal abstract record KubeDecision
{
    /// <summary>A whole answer.</summary>
    public sealed record Whole(KubeResponse Response) : KubeDecision;

    /// <summary>A stream of events, from a resource version on; from 0 it begins with all that there is.</summary>
    public sealed record Watch(SliceSelection Selection, long From, bool AllowsBookmarks, TimeSpan Timeout) : KubeDecision;

    /// <summary>A whole answer.</summary>
    public static implicit operator KubeDecision(KubeResponse response) => new Whole(response);
}
