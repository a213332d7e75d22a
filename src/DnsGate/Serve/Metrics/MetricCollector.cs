using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using DnsGate.Core.Report.Metrics;

namespace DnsGate.Serve.Metrics;

/// <summary>
/// Collects what the instruments of one meter tell, as families of Prometheus. Instruments that are observed are asked for
/// each time; of histograms, which only tell of each measurement as it is made, it keeps the buckets.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Lock collecting = new();
    private readonly List<CollectedInstrument> instruments = [];

    /// <summary>Listens to the meter, whose instruments may be made now or later, before the first collection.</summary>
    public MetricCollector(Meter meter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                CollectedInstrument collected = instrument is Histogram<double> histogram ? new CollectedHistogram(histogram) : new ObservedInstrument(instrument);
                instruments.Add(collected);
                self.EnableMeasurementEvents(instrument, collected);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((CollectedInstrument)state!).Take(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((CollectedInstrument)state!).Take(value, tags));
        listener.Start();
    }

    /// <summary>Has a histogram show a series before there is a measurement of it.</summary>
    /// <param name="histogram">An instrument of the meter.</param>
    /// <param name="tags">The labels of the series.</param>
    public void Expect(Histogram<double> histogram, params ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((CollectedHistogram)instruments.Find(collected => ReferenceEquals(collected.Instrument, histogram))!).Expect(tags);

    /// <summary>What all instruments tell now. May be called on any thread, at any time.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        // Two that scrape at once would take each other's observations.
        lock (collecting)
        {
            foreach (var instrument in instruments)
            {
                instrument.Begin();
            }

            listener.RecordObservableInstruments();
            return [.. instruments.Select(instrument => instrument.Family())];
        }
    }

    public void Dispose() => listener.Dispose();
}

/// <summary>What was heard of one instrument.</summary>
internal abstract class CollectedInstrument(Instrument instrument, MetricKind kind)
{
    private readonly string name = PrometheusName.Of(instrument.Name, instrument.Unit, kind);

    public Instrument Instrument => instrument;

    /// <summary>A collection begins.</summary>
    public virtual void Begin()
    {
    }

    /// <summary>Takes a measurement.</summary>
    public abstract void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    public MetricFamily Family() => new(name, kind, instrument.Description ?? "", Samples());

    protected abstract ImmutableArray<Sample> Samples();

    protected static ImmutableArray<Label> LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = ImmutableArray.CreateBuilder<Label>(tags.Length);
        foreach (var (name, value) in tags)
        {
            labels.Add(new Label(name, value as string ?? ""));
        }

        return labels.MoveToImmutable();
    }
}

/// <summary>A counter or gauge that tells all its series whenever it is asked.</summary>
internal sealed class ObservedInstrument(Instrument instrument) : CollectedInstrument(instrument, KindOf(instrument))
{
    private readonly ImmutableArray<Sample>.Builder samples = ImmutableArray.CreateBuilder<Sample>();

    public override void Begin() => samples.Clear();

    public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => samples.Add(new Sample.Number(LabelsOf(tags), value));

    protected override ImmutableArray<Sample> Samples() => samples.ToImmutable();

    private static MetricKind KindOf(Instrument instrument) => instrument switch
    {
        ObservableCounter<long> => MetricKind.Counter,
        ObservableGauge<double> => MetricKind.Gauge,
        _ => throw new ArgumentException($"{instrument.Name} is of a kind that is not collected", nameof(instrument)),
    };
}

/// <summary>A histogram: the buckets that it advises, for each of its series. Measured on one thread and read on another.</summary>
internal sealed class CollectedHistogram(Histogram<double> instrument) : CollectedInstrument(instrument, MetricKind.Histogram)
{
    private readonly ImmutableArray<double> bounds = [.. instrument.Advice?.HistogramBucketBoundaries ?? []];
    private readonly Dictionary<string, Buckets> series = [];

    public void Expect(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (series)
        {
            BucketsOf(tags);
        }
    }

    public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // A bound is the greatest value in its bucket.
        var at = bounds.BinarySearch(value);
        lock (series)
        {
            BucketsOf(tags).Add(at < 0 ? ~at : at, value);
        }
    }

    protected override ImmutableArray<Sample> Samples()
    {
        lock (series)
        {
            return [.. series.Values.Select(buckets => new Sample.Distribution(buckets.Labels, bounds, [.. buckets.Counts], buckets.Sum))];
        }
    }

    private Buckets BucketsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        var key = string.Join('\n', labels.Select(label => $"{label.Name}={label.Value}"));
        if (!series.TryGetValue(key, out var buckets))
        {
            series.Add(key, buckets = new Buckets(labels, bounds.Length + 1));
        }

        return buckets;
    }

    private sealed class Buckets(ImmutableArray<Label> labels, int count)
    {
        public ImmutableArray<Label> Labels => labels;

        public long[] Counts { get; } = new long[count];

        public double Sum { get; private set; }

        public void Add(int bucket, double value)
        {
            Counts[bucket]++;
            Sum += value;
        }
    }
}
