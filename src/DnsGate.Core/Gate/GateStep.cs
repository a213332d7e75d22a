using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>What the loop has to do next. <see cref="GateMachine"/> decides it, the loop only does it.</summary>
internal abstract record GateStep
{
    private GateStep()
    {
    }

    /// <summary>List the servers, and give the list to <see cref="GateMachine.Learn(Listing)"/>.</summary>
    /// <param name="ForceRefresh">Whether to look now rather than to trust a list of some seconds ago.</param>
    /// <param name="IsReported">Whether observers receive it; not where the list is only compared with the last one.</param>
    public sealed record List(bool ForceRefresh, bool IsReported) : GateStep;

    /// <summary>
    /// Ask these questions, and give the observations to <see cref="GateMachine.Learn(IReadOnlyCollection{Observation})"/>.
    /// </summary>
    /// <param name="Listing">The list whose servers are asked.</param>
    /// <param name="Questions">The questions, all to be asked at once.</param>
    /// <param name="Limit">The time for all of them; null for no limit but that of each question.</param>
    public sealed record Ask(Listing Listing, ImmutableArray<Question> Questions, TimeSpan? Limit) : GateStep;

    /// <summary>
    /// Look up other members, and give the results to <see cref="GateMachine.Learn(IReadOnlyCollection{LookupResult})"/>.
    /// </summary>
    /// <param name="Lookups">The questions, all to be asked at once.</param>
    /// <param name="Limit">The time for all of them; null for no limit but that of each question.</param>
    public sealed record LookUp(ImmutableArray<Lookup> Lookups, TimeSpan? Limit) : GateStep;

    /// <summary>
    /// Ask the servers of resolv.conf for the cluster domain, and give the result to <see cref="GateMachine.Learn(DomainProbe)"/>.
    /// </summary>
    /// <param name="Limit">The time for it; null for no limit but that of each question.</param>
    public sealed record Probe(TimeSpan? Limit) : GateStep;

    /// <summary>Do nothing until this time.</summary>
    public sealed record Pause(TimeSpan Until) : GateStep;

    /// <summary>Tell the observers that a round has ended.</summary>
    public sealed record Publish(GateSnapshot Snapshot) : GateStep;

    /// <summary>The loop is over.</summary>
    /// <param name="Snapshot">The last one that was published.</param>
    public sealed record Done(GateSnapshot Snapshot) : GateStep;
}
