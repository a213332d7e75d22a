using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Settle;

/// <summary>
/// One walk through the stages: says what to ask next, takes the observations, and ends with a verdict. It knows
/// neither sockets nor a clock, so that a replay table can play every server and the time.
/// <code>
/// trip  cluster, privately     cluster, as the application asks    app       external
///  1    forward
///  2    reverse                forward   (only when 1 agrees everywhere)
///  3                           reverse   (only when the private stage agrees)
///  4                                                               forward   (only when all before agrees)
///  5                                                               reverse
///  6                                                                         forward   (only when all before agrees)
///  7                                                                         reverse
/// </code>
/// Where there is no app view, the external ones move up.
/// Questions whose order does not matter share a trip. A server is asked for the PTR only once its forward answer in
/// the same stage is right: a PTR asked too early stays NXDOMAIN in its cache for 30 s on every kubeadm default.
/// </summary>
public sealed class Round
{
    private const int TripsOfCluster = 3;

    private readonly Listing listing;
    private readonly Patience patience;
    private readonly StageWalk isPrivate;
    private readonly StageWalk plain;
    private readonly StageWalk[][] later;
    private readonly StageWalk[] stages;
    private List<StageWalk> asking = [];
    private int trip;

    /// <summary>Begins a round over these servers.</summary>
    /// <param name="listing">The servers.</param>
    /// <param name="patience">What is remembered of them.</param>
    /// <param name="asksTheSilent">Whether servers that have been silent are asked without backing off: no round opens the gate on silence of some rounds ago.</param>
    public Round(Listing listing, Patience patience, bool asksTheSilent = false)
    {
        (this.listing, this.patience) = (listing, patience);
        var cluster = listing.Views.First(view => view.Kind == ViewKind.Cluster);
        isPrivate = new StageWalk(Stage.ClusterPrivate, cluster, patience, asksTheSilent, before: null);
        plain = new StageWalk(Stage.Cluster, cluster, patience, asksTheSilent, before: isPrivate);
        StageWalk[] Of(ViewKind kind, Stage stage) =>
            [.. listing.Views.Where(view => view.Kind == kind).Select(view => new StageWalk(stage, view, patience, asksTheSilent, before: null))];
        var (app, external) = (Of(ViewKind.App, Stage.App), Of(ViewKind.External, Stage.External));
        later = [.. new[] { app, external }.Where(group => group.Length > 0)];
        stages = [isPrivate, plain, .. app, .. external];
    }

    /// <summary>The earliest time at which a disagreeing server that is left alone is due again; null when nobody is left alone.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>The most datagrams that one server was sent, resends included; of a virtual address, one sample of it.</summary>
    public double MostDatagramsToOne
    {
        get
        {
            var most = 0.0;
            foreach (var view in listing.Views)
            {
                foreach (var server in view.Servers)
                {
                    most = Math.Max(most, stages.Sum(stage => stage.DatagramsTo(server.Address)) / (double)server.Samples);
                }
            }

            return most;
        }
    }

    /// <summary>The questions of the next trip; empty when the round is over. Each call begins a new trip.</summary>
    public ImmutableArray<Question> Next(TimeSpan now)
    {
        while (trip < LastTrip)
        {
            trip++;
            var questions = ImmutableArray.CreateBuilder<Question>();
            asking = [];
            foreach (var (stage, direction) in StepsOf(trip))
            {
                questions.AddRange(stage.Begin(direction, now));
                asking.Add(stage);
            }

            if (questions.Count > 0)
            {
                return questions.ToImmutable();
            }

            // Nothing to ask, but perhaps observations that still stand (a server left alone): they are judged all the same.
            Learn([], now);
        }

        return [];
    }

    /// <summary>Takes the observations of the trip: one for each of its questions.</summary>
    public void Learn(IReadOnlyCollection<Observation> observations, TimeSpan now)
    {
        foreach (var stage in asking)
        {
            stage.Learn(observations.Where(observation => stage.Asked(observation.Question)), now);
            NextDue = Earlier(NextDue, stage.NextDue);
        }
    }

    /// <summary>Trips that may still follow the one that was begun last.</summary>
    public int TripsToCome => LastTrip - trip;

    private int LastTrip => TripsOfCluster + (2 * later.Length);

    /// <summary>The verdict, once <see cref="Next"/> has nothing more to ask.</summary>
    public Verdict Verdict() => RoundJudge.Judge(listing, stages, patience);

    private IEnumerable<(StageWalk Stage, Direction Direction)> StepsOf(int number)
    {
        switch (number)
        {
            case 1:
                yield return (isPrivate, Direction.Forward);
                break;
            case 2:
                yield return (isPrivate, Direction.Reverse);
                if (isPrivate.Agrees)
                {
                    yield return (plain, Direction.Forward);
                }

                break;
            case 3:
                if (isPrivate.Agrees && plain.HasBegun)
                {
                    yield return (plain, Direction.Reverse);
                }

                break;
            default:
                var (group, half) = Math.DivRem(number - TripsOfCluster - 1, 2);
                if (stages.TakeWhile(stage => !later[group].Contains(stage)).All(before => before.HasBegun && before.Agrees))
                {
                    foreach (var stage in later[group])
                    {
                        yield return (stage, half == 0 ? Direction.Forward : Direction.Reverse);
                    }
                }

                break;
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;
}
