using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;
using Question = DnsGate.Core.Judge.Question;

namespace DnsGate.Core.Settle;

/// <summary>One stage of one round: its servers, forward and then reverse.</summary>
/// <param name="stage">Which stage.</param>
/// <param name="view">The view that it asks.</param>
/// <param name="patience">What is remembered of its servers.</param>
internal sealed class StageWalk(Stage stage, View view, Patience patience)
{
    private readonly Dictionary<ServerAddress, ServerWalk> walks = view.Servers.ToDictionary(server => server.Address, server => new ServerWalk(server));
    private ImmutableArray<RecordType> requiredTypes = [];
    private Direction direction;

    /// <summary>Which stage this is.</summary>
    public Stage Stage => stage;

    /// <summary>The view that is asked.</summary>
    public View View => view;

    /// <summary>Whether the first questions were asked.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the stage agrees as far as it has come.</summary>
    public bool Agrees => RoundJudge.Agrees(view, [.. walks.Values.Select(walk => (walk.Server, walk.Judgement))]);

    /// <summary>When a disagreeing server that is left alone is due again.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>What each server has been asked; of a virtual address, what each sample has been asked.</summary>
    public IEnumerable<(ServerAddress Server, int Questions)> Asked => walks.Values.Select(walk => (walk.Server.Address, walk.Asked / walk.Server.Samples));

    /// <summary>What the stage found at one server.</summary>
    public ServerWalk At(Server server) => walks[server.Address];

    /// <summary>The questions of one direction. Servers that are left alone keep their last observations.</summary>
    public IEnumerable<Question> Begin(Direction next, TimeSpan now)
    {
        (direction, HasBegun) = (next, true);
        var questions = new List<Question>();
        foreach (var walk in walks.Values)
        {
            (walk.Current, walk.HeldUntil) = ([], null);
            if (direction == Direction.Reverse && (walk.Judgement.Reason is not (Reason.Agrees or Reason.TtlZero) || view.Reverse == ReversePolicy.Off))
            {
                continue;
            }

            var step = new Step(stage, direction);
            switch (patience.Decide(walk.Server.Address, step, now))
            {
                case NextMove.Ask ask:
                    var asked = QuestionsTo(walk.Server, step, ask.Partition);
                    walk.Asked += asked.Count;
                    questions.AddRange(asked);
                    break;
                case NextMove.Hold hold:
                    (walk.Current, walk.HeldUntil) = (hold.Last, hold.Until);
                    break;
            }
        }

        return questions;
    }

    /// <summary>Takes the answers and judges every server anew.</summary>
    public void Learn(IEnumerable<Observation> observations, TimeSpan now)
    {
        foreach (var group in observations.GroupBy(observation => observation.Question.Server))
        {
            walks[group.Key].Current = [.. group];
        }

        if (direction == Direction.Forward)
        {
            requiredTypes = ForwardJudge.RequiredTypes(view, walks.Values.Where(walk => walk.Server.Required).SelectMany(walk => walk.Current));
        }

        foreach (var walk in walks.Values.Where(walk => walk.Current.Length > 0))
        {
            var judgement = direction == Direction.Forward ? JudgeForward(walk) : JudgeReverse(walk);
            walk.Take(judgement);
            if (walk.HeldUntil is null)
            {
                patience.Learn(walk.Server.Address, new Step(stage, direction), FindingOf(walk, judgement), now);
            }

            NoteWhenDue(walk, now);
        }
    }

    private void NoteWhenDue(ServerWalk walk, TimeSpan now)
    {
        if (walk.Server.Required && walk.Judgement.Reason is not (Reason.Agrees or Reason.TtlZero))
        {
            var due = patience.Decide(walk.Server.Address, new Step(stage, direction), now) is NextMove.Hold hold ? hold.Until : now;
            NextDue = NextDue is { } other && other < due ? other : due;
        }
    }

    private List<Question> QuestionsTo(Server server, Step step, CachePartition partition)
    {
        var questions = new List<Question>();
        for (var sample = 0; sample < server.Samples; sample++)
        {
            if (step.Direction == Direction.Forward)
            {
                foreach (var type in ForwardJudge.TypesToAsk(view.Families))
                {
                    questions.Add(new Question(server.Address, step, partition, view.Name, type, sample));
                }
            }
            else
            {
                foreach (var address in ReverseJudge.AddressesToAsk(view, requiredTypes))
                {
                    questions.Add(new Question(server.Address, step, partition, DnsName.ReverseOf(address), RecordType.PTR, sample));
                }
            }
        }

        return questions;
    }

    private Judgement JudgeForward(ServerWalk walk) => walk.Current
        .GroupBy(observation => observation.Question.Sample)
        .Select(sample => ForwardJudge.Judge(view, requiredTypes, [.. sample]))
        .Aggregate((first, next) => first.OrEarlierReason(next));

    private Judgement JudgeReverse(ServerWalk walk) => walk.Current
        .Select(observation => ReverseJudge.Judge(view, walk.Server, observation))
        .Aggregate((first, next) => first.OrEarlierReason(next));

    private StepFinding FindingOf(ServerWalk walk, Judgement judgement)
    {
        if (judgement.Reason is Reason.Agrees or Reason.TtlZero or Reason.TimedOut or Reason.Unreachable)
        {
            return new StepFinding(walk.Current, judgement.Reason is Reason.TimedOut or Reason.Unreachable, WrongTtl: null);
        }

        var wrong = walk.Current.Where(observation => direction == Direction.Forward
            ? ForwardJudge.IsWrong(view, requiredTypes, observation)
            : ReverseJudge.Judge(view, walk.Server, observation).Reason is not (Reason.Agrees or Reason.TtlZero));
        var ttl = wrong.Select(observation => Ttl.Of(observation.Outcome) ?? 0).DefaultIfEmpty(0u).Max();
        return new StepFinding(walk.Current, IsSilent: false, TimeSpan.FromSeconds(ttl));
    }
}

/// <summary>One server within one stage.</summary>
/// <param name="server">The server.</param>
internal sealed class ServerWalk(Server server)
{
    /// <summary>The server.</summary>
    public Server Server => server;

    /// <summary>The worst that was found so far; agrees before anything was asked.</summary>
    public Judgement Judgement { get; private set; } = Judgement.Agrees;

    /// <summary>The observations of the direction that is being walked.</summary>
    public ImmutableArray<Observation> Current { get; set; } = [];

    /// <summary>Until when the server is left alone; null when it was asked in this round.</summary>
    public TimeSpan? HeldUntil { get; set; }

    /// <summary>Questions asked in this round.</summary>
    public int Asked { get; set; }

    /// <summary>All observations of the stage.</summary>
    public ImmutableArray<Observation> Observations { get; private set; } = [];

    /// <summary>Adds what was found.</summary>
    public void Take(Judgement judgement)
    {
        Judgement = Judgement.OrEarlierReason(judgement);
        Observations = Observations.AddRange(Current);
    }
}
