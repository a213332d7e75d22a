using System.Diagnostics;
using DnsGate.TestKit;

namespace DnsGate.Bench.Processes;

/// <summary>When the rounds of one gate came in at a DNS server: what it sees of them, whatever the gate says.</summary>
internal sealed class ReceivedRounds
{
    private readonly Lock guard = new();
    private readonly List<TimeSpan> times = [];

    /// <summary>Notes them from now on. A gate that stays closed asks each server for the address once a round.</summary>
    public static ReceivedRounds At(LoopbackNameServer server)
    {
        ReceivedRounds rounds = new();
        var answer = server.Behaviour;
        server.Behaviour = query =>
        {
            if (query is { Type: RrType.A, Name: ServerFarm.PodName })
            {
                rounds.Note(Stopwatch.GetElapsedTime(0, query.Timestamp));
            }

            return answer(query);
        };
        return rounds;
    }

    /// <summary>Those since the last call.</summary>
    public TimeSpan[] TakeAll()
    {
        lock (guard)
        {
            TimeSpan[] times = [.. this.times];
            this.times.Clear();
            return times;
        }
    }

    private void Note(TimeSpan at)
    {
        lock (guard)
        {
            times.Add(at);
        }
    }
}
