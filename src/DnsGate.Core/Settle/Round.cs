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
/// Where there is no app view, the external ones move up. A round of a gate that is open asks, in two trips, only what
/// applications ask inside the cluster: to notice drift, nobody's early questions have to be kept from anybody.
/// Questions whose order does not matter share a trip. A server is asked for the PTR only once its forward answer in
/// the same stage is right: a PTR asked too early stays NXDOMAIN in its cache for 30 s on every kubeadm default.
/// </summary>
public sealed class Round
{
    private readonly Listing listing;
    private readonly Patience patience;
    private readonly List<StageWalk> stages = [];
    private readonly List<ImmutableArray<PlannedStep>> trips = [];
    private List<StageWalk> asking = [];
    private int trip;

    private Round(Listing listing, Patience patience) => (this.listing, this.patience) = (listing, patience);

    /// <summary>Begins a round over these servers.</summary>
    /// <param name="listing">The servers.</param>
    /// <param name="patience">What is remembered of them.</param>
    /// <param name="asksTheSilent">Whether servers that have been silent are asked without backing off: no round opens the gate on silence of some rounds ago.</param>
    public Round(Listing listing, Patience patience, bool asksTheSilent = false)
        : this(listing, patience)
    {
        var cluster = listing.Views.First(view => view.Kind == ViewKind.Cluster);
        var isPrivate = new StageWalk(Stage.ClusterPrivate, cluster, patience, asksTheSilent, before: null);
        var plain = new StageWalk(Stage.Cluster, cluster, patience, asksTheSilent, before: isPrivate);
        stages.AddRange([isPrivate, plain]);
        trips.Add([new PlannedStep(isPrivate, Direction.Forward, [])]);
        trips.Add([new PlannedStep(isPrivate, Direction.Reverse, []), new PlannedStep(plain, Direction.Forward, [isPrivate])]);
        trips.Add([new PlannedStep(plain, Direction.Reverse, [isPrivate])]);
        foreach (var (kind, stage) in new[] { (ViewKind.App, Stage.App), (ViewKind.External, Stage.External) })
        {
            ImmutableArray<StageWalk> before = [.. stages];
            ImmutableArray<StageWalk> walks = [.. ViewsOf(kind).Select(view => new StageWalk(stage, view, patience, asksTheSilent, before: null))];
            stages.AddRange(walks);
            AddTrips(walks, before);
        }
    }

    /// <summary>Begins a round of a gate that is open: the cluster's and the application's servers, as the application asks.</summary>
    /// <param name="listing">The servers.</param>
    /// <param name="patience">What is remembered of them.</param>
    public static Round OfOpenGate(Listing listing, Patience patience)
    {
        var round = new Round(listing, patience);
        round.stages.AddRange(round.ViewsOf(ViewKind.Cluster).Select(view => new StageWalk(Stage.Cluster, view, patience, asksTheSilent: true, before: null)));
        round.stages.AddRange(round.ViewsOf(ViewKind.App).Select(view => new StageWalk(Stage.App, view, patience, asksTheSilent: true, before: null)));
        round.AddTrips([.. round.stages], []);
        return round;
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
        while (trip < trips.Count)
        {
            trip++;
            var questions = ImmutableArray.CreateBuilder<Question>();
            asking = [];
            foreach (var step in trips[trip - 1].Where(step => step.IsDue))
            {
                questions.AddRange(step.Stage.Begin(step.Direction, now));
                asking.Add(step.Stage);
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
    public int TripsToCome => trips.Count - trip;

    /// <summary>The verdict, once <see cref="Next"/> has nothing more to ask.</summary>
    public Verdict Verdict() => RoundJudge.Judge(listing, stages, patience);

    private IEnumerable<View> ViewsOf(ViewKind kind) => listing.Views.Where(view => view.Kind == kind);

    private void AddTrips(ImmutableArray<StageWalk> walks, ImmutableArray<StageWalk> before)
    {
        if (!walks.IsEmpty)
        {
            trips.Add([.. walks.Select(walk => new PlannedStep(walk, Direction.Forward, before))]);
            trips.Add([.. walks.Select(walk => new PlannedStep(walk, Direction.Reverse, before))]);
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    /// <summary>One half of a stage, at its place in the round.</summary>
    /// <param name="Stage">The stage.</param>
    /// <param name="Direction">Which half.</param>
    /// <param name="Before">What has to agree first.</param>
    private sealed record PlannedStep(StageWalk Stage, Direction Direction, ImmutableArray<StageWalk> Before)
    {
        public bool IsDue => (Direction == Direction.Forward || Stage.HasBegun) && Before.All(stage => stage.HasBegun && stage.Agrees);
    }
}
