using System.Diagnostics.Metrics;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Report.Metrics;

namespace DnsGate.Serve.Metrics;

/// <summary>What a snapshot tells, as measurements; before the first round nothing agrees and nobody is listed.</summary>
internal static class SnapshotFigures
{
    /// <summary>A fact: 1 or 0.</summary>
    public static Measurement<double> Is(bool fact, params ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(fact ? 1 : 0, tags);

    /// <summary>Whether each view agrees.</summary>
    public static IEnumerable<Measurement<double>> Agreement(Snapshot? snapshot, IReadOnlyList<ConfiguredView> views)
    {
        foreach (var view in views)
        {
            yield return Is(snapshot is not null && Figures.Agrees(snapshot, view.Kind), new KeyValuePair<string, object?>("view", view.Kind.Name()));
        }
    }

    /// <summary>How many servers of each view are in each state.</summary>
    public static IEnumerable<Measurement<double>> Servers(Snapshot? snapshot, IReadOnlyList<ConfiguredView> views)
    {
        foreach (var view in views)
        {
            var counts = snapshot is null ? null : Figures.Servers(snapshot, view.Kind);
            foreach (var state in Enum.GetValues<ServerState>())
            {
                yield return new Measurement<double>(counts?[(int)state] ?? 0, new("view", view.Kind.Name()), new("state", state.Name()));
            }
        }
    }

    /// <summary>Whether each server agrees. One that is in several external views agrees when it does so in all.</summary>
    public static IEnumerable<Measurement<double>> EachServer(Snapshot? snapshot)
    {
        var servers = new Dictionary<string, ServerVerdict>();
        foreach (var server in snapshot?.Servers ?? [])
        {
            var key = $"{server.View.Kind} {server.Server.Address}";
            if (!servers.TryGetValue(key, out var other) || other.Agrees)
            {
                servers[key] = server;
            }
        }

        foreach (var server in servers.Values)
        {
            yield return Is(server.Agrees, new("view", server.View.Kind.Name()), new("server", server.Server.Address.ToString()));
        }
    }
}
