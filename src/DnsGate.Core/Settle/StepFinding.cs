using System.Collections.Immutable;
using DnsGate.Core.Judge;

namespace DnsGate.Core.Settle;

/// <summary>What one step at one server came to, as far as patience is concerned.</summary>
/// <param name="Partition">Where it was asked.</param>
/// <param name="Observations">What was observed.</param>
/// <param name="IsSilent">Whether the step failed for silence, so that nothing is known.</param>
/// <param name="WrongTtl">The longest TTL of the wrong answers: all of them must change. Zero when they have none; null when nothing is wrong.</param>
public readonly record struct StepFinding(CachePartition Partition, ImmutableArray<Observation> Observations, bool IsSilent, TimeSpan? WrongTtl);
