using System.Diagnostics.Metrics;

namespace DnsGate.Serve.Metrics;

/// <summary>
/// The totals behind an observable counter, one for each set of label values: whoever begins to listen late, and whoever
/// listens beside others, gets the whole number, and 0 for what has not happened yet.
/// </summary>
/// <param name="labels">The names of the labels.</param>
internal sealed class LabelledCounter(params string[] labels)
{
    private readonly Dictionary<string, Series> series = [];

    /// <summary>Adds to one series; 0 has it shown.</summary>
    /// <param name="value">How much.</param>
    /// <param name="values">The values of the labels, in their order.</param>
    public void Add(long value, params ReadOnlySpan<string> values)
    {
        var key = string.Join('\n', values);
        lock (series)
        {
            if (!series.TryGetValue(key, out var counted))
            {
                var tags = new KeyValuePair<string, object?>[labels.Length];
                for (var index = 0; index < tags.Length; index++)
                {
                    tags[index] = new(labels[index], values[index]);
                }

                series.Add(key, counted = new Series(tags));
            }

            counted.Total += value;
        }
    }

    /// <summary>All totals now.</summary>
    public IEnumerable<Measurement<long>> Observe()
    {
        lock (series)
        {
            var measurements = new Measurement<long>[series.Count];
            var index = 0;
            foreach (var counted in series.Values)
            {
                measurements[index++] = new Measurement<long>(counted.Total, counted.Tags);
            }

            return measurements;
        }
    }

    private sealed class Series(KeyValuePair<string, object?>[] tags)
    {
        public KeyValuePair<string, object?>[] Tags => tags;

        public long Total { get; set; }
    }
}
