using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Settle;

/// <summary>What is remembered from round to round about every server: what to ask next, and when.</summary>
/// <param name="interval">The pace of the rounds.</param>
public sealed class Patience(TimeSpan interval)
{
    /// <summary>A right answer with TTL 0 that comes this often running counts: the server has no TTL to give.</summary>
    public const int TtlZeroRoundsThatCount = 3;

    // Hundreds of servers, or some dozens that were replaced now and then.
    private const int MostSteps = 2000;

    private readonly Dictionary<(ServerAddress Server, Step Step), StepMemory> steps = [];
    private readonly Dictionary<(ServerAddress Server, ViewKey View), int> ttlZeroRounds = [];

    /// <summary>What to do about one step at one server now.</summary>
    public NextMove Decide(ServerAddress server, Step step, TimeSpan now, bool asksTheSilent = false) => MemoryOf(server, step).Decide(now, asksTheSilent);

    /// <summary>Remembers what was found.</summary>
    public void Learn(ServerAddress server, Step step, StepFinding finding, TimeSpan now) => MemoryOf(server, step).Learn(finding, interval, now);

    /// <summary>Counts the rounds in which a server was right with TTL 0, and says whether that counts by now.</summary>
    /// <returns>The judgement to use: ttl-zero, or agrees from the third such round on.</returns>
    public Judgement CountTtlZero(ServerAddress server, ViewKey view, Judgement judgement)
    {
        if (judgement.Reason != Reason.TtlZero)
        {
            ttlZeroRounds.Remove((server, view));
            return judgement;
        }

        var rounds = ttlZeroRounds.GetValueOrDefault((server, view)) + 1;
        ttlZeroRounds[(server, view)] = rounds;
        return rounds >= TtlZeroRoundsThatCount ? Judgement.Agrees : judgement;
    }

    /// <summary>Forgets servers that are gone, before they fill the memory of a process that runs for months. Not each at once: one that comes back is known.</summary>
    public void ForgetAllBut(Listing listing)
    {
        if (steps.Count <= MostSteps)
        {
            return;
        }

        var listed = new HashSet<ServerAddress>();
        foreach (var view in listing.Views)
        {
            listed.UnionWith(view.Servers.Select(server => server.Address));
        }

        foreach (var key in steps.Keys)
        {
            if (!listed.Contains(key.Server))
            {
                steps.Remove(key);
            }
        }

        foreach (var key in ttlZeroRounds.Keys)
        {
            if (!listed.Contains(key.Server))
            {
                ttlZeroRounds.Remove(key);
            }
        }
    }

    private StepMemory MemoryOf(ServerAddress server, Step step)
    {
        if (!steps.TryGetValue((server, step), out var memory))
        {
            steps[(server, step)] = memory = new StepMemory(step);
        }

        return memory;
    }
}
