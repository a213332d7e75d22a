using System.Net;

namespace DnsGate.TestKit;

/// <summary>
/// Which names have which addresses in a simulated cluster, and since when: what the API server knows, from which the
/// instances of <see cref="SimulatedCoreDns"/> take their data, each with its own lag. Thread-safe.
/// </summary>
/// <param name="time">The clock; all times are counted from the construction.</param>
/// <param name="domain">The cluster domain.</param>
public sealed class ClusterData(TimeProvider time, string domain = "cluster.local")
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(-1);

    private readonly Lock guard = new();
    private readonly long start = time.GetTimestamp();
    private readonly DateTimeOffset startUtc = time.GetUtcNow();
    private readonly Dictionary<string, List<Change>> byName = [];
    private readonly Dictionary<string, HashSet<string>> namesByReverse = [];
    private readonly SortedSet<TimeSpan> changes = [];

    /// <summary>The cluster domain: <c>cluster.local</c>.</summary>
    public string Domain { get; } = domain;

    /// <summary>The time since the construction.</summary>
    public TimeSpan Now => time.GetElapsedTime(start);

    /// <summary>From now on the name has these addresses; none = it does not exist. One name per Service that selects the pod.</summary>
    public void Set(string name, params string[] addresses) => SetAt(Now, name, addresses);

    /// <summary>The name had these addresses long before the construction: every instance knows, whatever its lag.</summary>
    public void SetLongAgo(string name, params string[] addresses) => SetAt(LongAgo, name, addresses);

    /// <summary>The same from a time on that may be still to come.</summary>
    public void SetAt(TimeSpan at, string name, params string[] addresses)
    {
        name = name.TrimEnd('.').ToLowerInvariant();
        IPAddress[] parsed = [.. addresses.Select(IPAddress.Parse)];
        lock (guard)
        {
            if (!byName.TryGetValue(name, out var changes))
            {
                byName[name] = changes = [];
            }

            var later = changes.FindIndex(other => other.At > at);
            Change change = new(at, parsed, [.. parsed.Select(ReverseName.From)]);
            changes.Insert(later < 0 ? changes.Count : later, change);
            this.changes.Add(at);
            foreach (var reverse in change.ReverseNames)
            {
                if (!namesByReverse.TryGetValue(reverse, out var names))
                {
                    namesByReverse[reverse] = names = [];
                }

                names.Add(name);
            }
        }
    }

    /// <summary>The addresses of a name at a time; empty when it does not exist.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(string name, TimeSpan at)
    {
        lock (guard)
        {
            return LastChange(name, at)?.Addresses ?? [];
        }
    }

    /// <summary>The names that have an address at a time, sorted, by the reverse name of the address.</summary>
    public IReadOnlyList<string> NamesOf(string reverseName, TimeSpan at)
    {
        lock (guard)
        {
            return [.. namesByReverse.GetValueOrDefault(reverseName, [])
                .Where(name => LastChange(name, at) is { } change && change.ReverseNames.Contains(reverseName))
                .Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The serial of the SOA at a time: in CoreDNS the clock at the last change that the instance processed.</summary>
    public uint SerialAt(TimeSpan at)
    {
        lock (guard)
        {
            return (uint)(startUtc + changes.GetViewBetween(TimeSpan.MinValue, at).Max).ToUnixTimeSeconds();
        }
    }

    private Change? LastChange(string name, TimeSpan at)
    {
        var changes = byName.GetValueOrDefault(name, []);
        var last = changes.Count - 1;
        while (last >= 0 && changes[last].At > at)
        {
            last--;
        }

        return last < 0 ? null : changes[last];
    }

    private sealed record Change(TimeSpan At, IReadOnlyList<IPAddress> Addresses, string[] ReverseNames);
}
