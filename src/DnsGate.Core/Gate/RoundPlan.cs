using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Gate;

/// <summary>Which servers a round asks, and how.</summary>
internal enum RoundScope
{
    /// <summary>Every view, the cluster's servers first in private: a round of a gate that waits.</summary>
    All,

    /// <summary>The cluster's and the application's servers in one private partition: a round of a gate that is open.</summary>
    Watch,

    /// <summary>As the application asks, only the servers that were not right in the watch round before.</summary>
    Confirm,
}

/// <summary>
/// The plan of one round: what to ask in each trip, as far as the answers before allow it, and the verdict in the end.
/// <code>
/// trip  cluster, in private    cluster, as the application asks    app       external
///  1    forward
///  2    reverse                forward   (only when 1 agrees everywhere)
///  3                           reverse   (only when the private stage agrees)
///  4                                                               forward   (only when all before agree)
///  5                                                               reverse
///  6                                                                         forward   (only when all before agree)
///  7                                                                         reverse
/// </code>
/// Without an app view the external views move up. A round of an open gate asks the servers of the first and third column in two
/// trips, in the CD+DO partition: the application's caches hold nothing that the watch put there. Only a server that disagrees is
/// then asked as the application asks.
/// A server is asked for the PTR only once its forward answer in the same stage is right: a PTR that is asked too early stays
/// NXDOMAIN in its cache for 30 s with every kubeadm default.
/// </summary>
internal sealed class RoundPlan
{
    private readonly Listing listing;
    private readonly List<StageState> stages = [];
    private readonly List<ImmutableArray<PlannedStep>> trips = [];
    private readonly Dictionary<ViewKey, ImmutableArray<RecordType>> requiredTypes = [];
    private List<PlannedStep> asking = [];
    private int trip;

    /// <summary>Plans a round over these servers.</summary>
    /// <param name="listing">The servers.</param>
    /// <param name="retry">When each of them may be asked again.</param>
    /// <param name="scope">Which of them are asked, and how.</param>
    /// <param name="ignoreBackoff">
    /// Whether silent servers are asked without backing off: no round opens the gate on silence of earlier rounds.
    /// </param>
    /// <param name="watched">
    /// The verdict to confirm; answers of servers that were right stand. Null but for <see cref="RoundScope.Confirm"/>.
    /// </param>
    public RoundPlan(
        Listing listing, RetryTable retry, RoundScope scope = RoundScope.All, bool ignoreBackoff = false, RoundVerdict? watched = null)
    {
        this.listing = listing;
        StageState StageOf(Stage stage, View view, StageState? privateStage = null) =>
            new(stage, view, retry, ignoreBackoff, privateStage, watched);

        var cluster = listing.Views.First(view => view.Kind == ViewKind.Cluster);
        if (scope != RoundScope.All)
        {
            var isWatch = scope == RoundScope.Watch;
            AddTrips([
                StageOf(isWatch ? Stage.Watch : Stage.Cluster, cluster),
                .. ViewsOf(ViewKind.App).Select(view => StageOf(isWatch ? Stage.Watch : Stage.App, view))]);
            return;
        }

        var inPrivate = StageOf(Stage.ClusterPrivate, cluster);
        var plain = StageOf(Stage.Cluster, cluster, inPrivate);
        stages.AddRange([inPrivate, plain]);
        trips.Add([new PlannedStep(inPrivate, Direction.Forward, [])]);
        trips.Add([new PlannedStep(inPrivate, Direction.Reverse, []), new PlannedStep(plain, Direction.Forward, [inPrivate])]);
        trips.Add([new PlannedStep(plain, Direction.Reverse, [inPrivate])]);
        AddTrips([.. ViewsOf(ViewKind.App).Select(view => StageOf(Stage.App, view))]);
        AddTrips([.. ViewsOf(ViewKind.External).Select(view => StageOf(Stage.External, view))]);
    }

    /// <summary>The earliest time at which a server that disagrees is due again; null when none has to be waited for.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>Trips that may still follow the one that was begun last.</summary>
    public int TripsToCome => trips.Count - trip;

    /// <summary>The most datagrams that one server was sent, resends included; of a virtual address, one sample of it.</summary>
    public double MaxDatagramsToOne =>
        (from view in listing.Views
         from server in view.Servers
         select stages.Sum(stage => stage.DatagramsTo(server.Address)) / (double)server.Samples).DefaultIfEmpty().Max();

    /// <summary>The questions of the next trip; empty when the round is over. Each call begins a new trip.</summary>
    public ImmutableArray<Question> Next(TimeSpan now)
    {
        while (trip < trips.Count)
        {
            trip++;
            asking = [.. trips[trip - 1].Where(step => step.IsDue)];
            ImmutableArray<Question> questions = [.. asking.SelectMany(step =>
                step.Stage.Begin(step.Direction, RequiredTypesOf(step.Stage.View), now))];
            if (questions.Length > 0)
            {
                return questions;
            }

            // Nothing to ask, but earlier answers may stand: they are judged too.
            Learn([], now);
        }

        return [];
    }

    /// <summary>Takes the observations of the trip: one for each of its questions.</summary>
    public void Learn(IReadOnlyCollection<Observation> observations, TimeSpan now)
    {
        foreach (var step in asking)
        {
            step.Stage.Take(step.Direction, observations.Where(observation => observation.Question.Step == step.Key));
        }

        // What must be published is a question of the view, not of the stage: an AAAA that only one partition has is missing in the other.
        foreach (var view in asking.Select(step => step.Stage.View).Distinct())
        {
            var ofView = stages.Where(stage => stage.View.Key == view.Key && stage.HasBegun).ToList();
            var types = ViewJudge.RequiredTypes(view, ofView.SelectMany(stage => stage.Observations));
            var hasChanged = !types.SequenceEqual(RequiredTypesOf(view));
            requiredTypes[view.Key] = types;
            foreach (var stage in ofView.Where(stage => hasChanged || asking.Any(step => step.Stage == stage)))
            {
                stage.Judge(types);
            }
        }

        foreach (var step in asking)
        {
            var due = step.Stage.LearnRetries(step.Direction, RequiredTypesOf(step.Stage.View), now);
            NextDue = NextDue < due ? NextDue : due ?? NextDue;
        }
    }

    /// <summary>The verdict, once <see cref="Next"/> has nothing more to ask.</summary>
    /// <param name="previous">The verdict of the round before; null for the first round.</param>
    public RoundVerdict Verdict(RoundVerdict? previous = null)
    {
        var answers = new List<ViewAnswers>();
        foreach (var view in listing.Views)
        {
            var begun = stages.Where(stage => stage.View.Key == view.Key && stage.HasBegun).ToList();
            if (begun.Count > 0)
            {
                answers.Add(new ViewAnswers(view, [.. view.Servers.Select(server => AnswersOf(server, begun))]));
            }
        }

        return RoundJudge.Judge(listing, answers, previous);
    }

    private static ServerAnswers AnswersOf(Server server, List<StageState> begun)
    {
        var states = begun.Select(stage => stage.At(server.Address)).ToList();
        return new ServerAnswers(server, [.. states.SelectMany(state => StageState.ObservationsOf(state))],
            states.All(state => state.EarlierDirections.Count == 0))
        {
            // Samples may come from several caches: a TTL that is lower than the one before has not fallen.
            CachedUntil = server.Samples > 1 ? null : begun.Max(stage => stage.CachedUntil(stage.At(server.Address))),
        };
    }

    private ImmutableArray<RecordType> RequiredTypesOf(View view) => requiredTypes.GetValueOrDefault(view.Key, []);

    private ImmutableArray<View> ViewsOf(ViewKind kind) => [.. listing.Views.Where(view => view.Kind == kind)];

    /// <summary>Adds two trips, forward and reverse, once everything before agrees.</summary>
    private void AddTrips(ImmutableArray<StageState> next)
    {
        if (!next.IsEmpty)
        {
            ImmutableArray<StageState> before = [.. stages];
            stages.AddRange(next);
            trips.Add([.. next.Select(stage => new PlannedStep(stage, Direction.Forward, before))]);
            trips.Add([.. next.Select(stage => new PlannedStep(stage, Direction.Reverse, before))]);
        }
    }

    /// <summary>One direction of a stage, at its place in the round.</summary>
    /// <param name="Stage">The stage.</param>
    /// <param name="Direction">Which half.</param>
    /// <param name="Before">What has to agree first.</param>
    private sealed record PlannedStep(StageState Stage, Direction Direction, ImmutableArray<StageState> Before)
    {
        public Step Key => new(Stage.View.Key, Stage.Stage, Direction);

        public bool IsDue => (Direction == Direction.Forward || Stage.HasBegun) && Before.All(stage => stage.HasBegun && stage.Agrees);
    }
}
