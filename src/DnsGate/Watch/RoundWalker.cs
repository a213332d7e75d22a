using DnsGate.Ask;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;

namespace DnsGate.Watch;

/// <summary>Walks rounds: asks what they want to know, trip by trip, and gives them the answers.</summary>
/// <param name="client">Asks.</param>
/// <param name="queryTimeout">Time for one question at one server.</param>
/// <param name="pulse">The loop's clock.</param>
/// <param name="watcher">Is told of all answers.</param>
internal sealed class RoundWalker(NameServerClient client, TimeSpan queryTimeout, Pulse pulse, IWatcher watcher)
{
    // Time that a deadline keeps for each trip still to come: one silent server, excused by --require, does not use up
    // the time of all the others.
    private static readonly TimeSpan ReserveOfTrip = TimeSpan.FromMilliseconds(100);

    /// <summary>Walks a round to its end.</summary>
    /// <param name="round">The round.</param>
    /// <param name="listing">Whose servers it asks.</param>
    /// <param name="deadline">On the loop's clock; null for none but that of each question.</param>
    /// <param name="stop">Ends it at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The verdict, and whether the deadline left some question less time than it may take.</returns>
    public async Task<(Verdict Verdict, bool IsHurried)> WalkAsync(Round round, Listing listing, TimeSpan? deadline, CancellationToken stop)
    {
        var isHurried = false;
        while (round.Next(pulse.Now) is { Length: > 0 } questions)
        {
            var share = ShareOfTrip(deadline - pulse.Now, round.TripsToCome);
            isHurried |= share < queryTimeout;
            var answers = await pulse.DuringAsync(client.AskAsync(questions, share, stop)).ConfigureAwait(false);
            watcher.OnAnswers(listing, answers);
            round.Learn(answers, pulse.Now);
        }

        return (round.Verdict(), isHurried);
    }

    /// <summary>All that is left but the reserve of the trips to come; where that is little, a fair share.</summary>
    private static TimeSpan? ShareOfTrip(TimeSpan? left, int tripsToCome)
    {
        var (share, fair) = (left - (ReserveOfTrip * tripsToCome), left / (tripsToCome + 1));
        return share > fair ? share : fair;
    }
}
