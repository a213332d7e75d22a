using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>
/// Plays the name servers that a discovery asks. What each says is written as <c>SRV 5353; A 10.244.0.1 10.244.0.2; AAAA
/// SILENCE</c>; a type that is not mentioned is NODATA, a server that is not mentioned is silent.
/// </summary>
internal sealed class WalkRunner
{
    /// <summary>What was asked, trip by trip.</summary>
    public List<ImmutableArray<Lookup>> Trips { get; } = [];

    /// <summary>Everything that was asked.</summary>
    public IEnumerable<Lookup> Asked => Trips.SelectMany(trip => trip);

    /// <summary>The list in the end.</summary>
    public required SourceResult List { get; init; }

    /// <summary>The servers found, in their order.</summary>
    public IEnumerable<string> Servers => List.Servers.Select(server => server.Address.ToString());

    /// <summary>Walks to the end with servers that say always the same.</summary>
    public static WalkRunner Walk(IDiscoveryWalk walk, params (ServerAddress Server, string Says)[] servers)
    {
        var told = servers.ToDictionary(server => server.Server, server => server.Says);
        return Walk(walk, lookup => OutcomeOf(lookup.Type, told.GetValueOrDefault(lookup.Server, "all SILENCE")));
    }

    /// <summary>Walks to the end with answers of any kind, each of so many datagrams.</summary>
    public static WalkRunner Walk(IDiscoveryWalk walk, Func<Lookup, Outcome> answer, int datagrams = 1)
    {
        var trips = new List<ImmutableArray<Lookup>>();
        while (walk.Next() is { Length: > 0 } lookups)
        {
            Assert.True(trips.Count < 200, "the walk does not end");
            trips.Add(lookups);
            walk.Learn([.. lookups.Select(lookup => new LookupResult(lookup, answer(lookup), datagrams))]);
        }

        var walked = new WalkRunner { List = walk.Result() };
        walked.Trips.AddRange(trips);
        return walked;
    }

    /// <summary>The outcome of a question of one type at a server that says this.</summary>
    public static Outcome OutcomeOf(RecordType type, string says)
    {
        foreach (var clause in says.Split(';', StringSplitOptions.TrimEntries))
        {
            var (subject, words) = (clause.Split(' ')[0], clause[(clause.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (subject == "all" || subject == type.ToString())
            {
                return Read(type, words);
            }
        }

        return FakeAnswers.Outcome(type, "NODATA");
    }

    private static Outcome Read(RecordType type, string words) => (type, words.Split(' ')) switch
    {
        (_, ["NODATA", "in", var zone]) => Responded(new Answer.NoData(30) { Zone = Fixtures.NameOf(zone) }),
        (_, ["NXDOMAIN", "in", var zone]) => Responded(new Answer.NxDomain(30) { Zone = Fixtures.NameOf(zone) }),
        (RecordType.SRV, [var port, "to", var target]) =>
            Responded(new Answer.Records(
                [new RecordData.Service(Fixtures.NameOf(target), ushort.Parse(port, CultureInfo.InvariantCulture))], 30)),
        (RecordType.SRV, [var first, ..] ports) when char.IsAsciiDigit(first[0]) =>
            Responded(new Answer.Records(
                [.. ports.Select(port => new RecordData.Service(Fixtures.Name, ushort.Parse(port, CultureInfo.InvariantCulture)))], 30)),
        (RecordType.NS, [var first, ..] hosts) when first.Contains('.', StringComparison.Ordinal) =>
            Responded(new Answer.Records([.. hosts.Select(host => new RecordData.Pointer(Fixtures.NameOf(host)))], 30)),
        (RecordType.SOA, ["here"]) => Responded(new Answer.Records([new RecordData.Authority(Fixtures.NameOf("ns.example.com"), 7)], 30)),
        _ => FakeAnswers.Outcome(type, words),
    };

    private static Outcome.Responded Responded(Answer answer) => new(answer, RecursionAvailable: true);

    /// <summary>A server without port at the address.</summary>
    public static ServerAddress At(string address) => new(IPAddress.Parse(address));
}
