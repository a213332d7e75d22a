using System.Globalization;
using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>
/// Writes the states of sources as words: <c>10.0.0.1 10.0.0.2 age=5 Unreachable 61 note=N</c>, a fault with the seconds since when.
/// </summary>
internal static class SourceTable
{
    public static SourceState State(string text, string name = "kube:a/b", Coverage coverage = Coverage.Complete)
    {
        var state = new SourceState(name, coverage);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            state = word switch
            {
                _ when word.StartsWith("age=", StringComparison.Ordinal) => state with { Age = Seconds(word[4..]) },
                _ when word.StartsWith("note=", StringComparison.Ordinal) => state with { Notes = [.. state.Notes, word[5..]] },
                _ when word.StartsWith("datagrams=", StringComparison.Ordinal) =>
                    state with { DatagramsToOne = int.Parse(word[10..], CultureInfo.InvariantCulture) },
                _ when char.IsAsciiLetter(word[0]) =>
                    state with { Problem = new DiscoveryProblem(Enum.Parse<DiscoveryFault>(word), $"it is {word}") },
                _ when state.Problem is not null => state with { FailingFor = Seconds(word) },
                _ => state with { LastGood = [.. state.LastGood, ServerOf(word, name)] },
            };
        }

        return state;
    }

    /// <summary>The sources of one SPEC, separated by semicolons.</summary>
    public static ChainState Chain(string states, ViewKind view = ViewKind.Cluster, int number = 0) =>
        new(new ViewKey(view, number), [.. states.Split("; ").Select(state => State(state))]);

    /// <summary><c>10.0.0.1</c>, <c>10.0.0.1*8</c> for samples, <c>10.0.0.1/NotReady</c>.</summary>
    private static Server ServerOf(string word, string source)
    {
        var parts = word.Split('*', '/');
        return new Server(new ServerAddress(IPAddress.Parse(parts[0])), source)
        {
            Samples = word.Contains('*', StringComparison.Ordinal) ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1,
            Condition = word.Contains('/', StringComparison.Ordinal) ? Enum.Parse<EndpointCondition>(parts[1]) : EndpointCondition.Serving,
        };
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
