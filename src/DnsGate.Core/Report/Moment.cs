namespace DnsGate.Core.Report;

/// <summary>All that is known at one time.</summary>
/// <param name="Snapshot">The last round; before the first one, <see cref="Snapshot.Starting"/>.</param>
/// <param name="Timeline">What came before.</param>
/// <param name="Now">On the loop's clock, which began at zero.</param>
public sealed record Moment(Snapshot Snapshot, Timeline Timeline, TimeSpan Now)
{
    /// <summary>For how long a server has been saying what it says.</summary>
    public TimeSpan SinceOf(Judge.ServerVerdict server) => Now - (Timeline.SinceOf(server) ?? Now);
}
