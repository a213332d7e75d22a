using System.Collections.Immutable;

namespace DnsGate.Core.Report.Metrics;

/// <summary>What kind of figures a family holds: the TYPE of the text format.</summary>
public enum MetricKind
{
    /// <summary>Only ever grows, from 0 at the start of the program.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>How often which sizes occurred.</summary>
    Histogram,
}

/// <summary>One label of a series.</summary>
/// <param name="Name">Letters, digits and underscores.</param>
/// <param name="Value">Anything.</param>
public sealed record Label(string Name, string Value);

/// <summary>The state of one series: a closed set. Within a family no two have the same labels.</summary>
/// <param name="Labels">What tells it from the others of its family.</param>
public abstract record Sample(ImmutableArray<Label> Labels)
{
    /// <summary>A counter or a gauge.</summary>
    /// <param name="Labels">What tells it from the others of its family.</param>
    /// <param name="Value">Its value.</param>
    public sealed record Number(ImmutableArray<Label> Labels, double Value) : Sample(Labels);

    /// <summary>A histogram.</summary>
    /// <param name="Labels">What tells it from the others of its family.</param>
    /// <param name="Bounds">The upper bounds of the buckets, rising; whatever is greater than the last one is in a bucket of its own.</param>
    /// <param name="Counts">How many were in each bucket, not counting those in lower ones: one more than there are bounds.</param>
    /// <param name="Sum">The sum of all of them.</param>
    public sealed record Distribution(ImmutableArray<Label> Labels, ImmutableArray<double> Bounds, ImmutableArray<long> Counts, double Sum) : Sample(Labels);
}

/// <summary>All series of one name.</summary>
/// <param name="Name">The name that Prometheus knows it by.</param>
/// <param name="Kind">What kind of figures it holds.</param>
/// <param name="Help">What it tells, in one sentence.</param>
/// <param name="Samples">Its series; none where nothing is known yet.</param>
public sealed record MetricFamily(string Name, MetricKind Kind, string Help, ImmutableArray<Sample> Samples);
