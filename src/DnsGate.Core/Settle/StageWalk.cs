using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Settle;

/// <summary>One stage of one round: its servers, forward and then reverse.</summary>
/// <param name="stage">Which stage.</param>
/// <param name="view">The view that it asks.</param>
/// <param name="patience">What is remembered of its servers.</param>
/// <param name="asksTheSilent">Whether servers that have been silent are asked without backing off.</param>
/// <param name="before">The private stage of the same servers, where there is one.</param>
internal sealed class StageWalk(Stage stage, View view, Patience patience, bool asksTheSilent, StageWalk? before)
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
    public bool Agrees
    {
        get
        {
            var tally = new Tally();
            foreach (var walk in walks.Values)
            {
                tally.Add(walk.Server, walk.Judgement);
            }

            return tally.Agrees(view.Quorum);
        }
    }

    /// <summary>When a disagreeing server that is left alone is due again.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>Datagrams that a server was sent; none where it is not in this stage.</summary>
    public int DatagramsTo(ServerAddress server) => walks.TryGetValue(server, out var walk) ? walk.Datagrams : 0;

    private IEnumerable<Observation> ForwardAnswers => walks.Values.Where(walk => walk.Server.Required).SelectMany(walk => walk.Forward);

    /// <summary>Whether a question is of this stage.</summary>
    public bool Asked(Question question) => question.Step == StepOf(question.Step.Direction);

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
            if (before?.At(walk.Server).Judgement.IsWrong == true)
            {
                // Not required, or the stage before would not have agreed; asked now it would learn a wrong answer for
                // everybody. One that was silent is asked: what it tells applications may be wrong all the same.
                continue;
            }

            if (direction == Direction.Reverse && (!walk.Judgement.IsRight || view.Reverse == ReversePolicy.Off))
            {
                continue;
            }

            var step = StepOf(direction);
            switch (patience.Decide(walk.Server.Address, step, now, asksTheSilent && walk.Server.Required))
            {
                case NextMove.Ask ask:
                    questions.AddRange(QuestionsOf(walk.Server, step, ask.Partition));
                    break;
                case NextMove.Hold hold:
                    (walk.Current, walk.HeldUntil, walk.StandsOnEarlier) = (hold.Last, hold.Until, true);
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
            walks[group.Key].Datagrams += group.Sum(observation => observation.Datagrams);
        }

        if (direction == Direction.Forward)
        {
            foreach (var walk in walks.Values)
            {
                walk.Forward = walk.Current;
            }

            // What is published is a question of the view, not of the stage: an AAAA that only one partition of the cache has
            // is missing in the other.
            requiredTypes = ForwardJudge.RequiredTypes(view, [.. before?.ForwardAnswers ?? [], .. ForwardAnswers]);
            before?.JudgeForwardAnew(requiredTypes);
        }

        foreach (var walk in walks.Values.Where(walk => walk.Current.Length > 0))
        {
            var judgement = direction == Direction.Forward ? JudgeForward(walk) : JudgeReverse(walk);
            walk.Take(judgement);
            if (walk.HeldUntil is null)
            {
                patience.Learn(walk.Server.Address, StepOf(direction), FindingOf(walk, judgement), now);
            }

            NoteWhenDue(walk, now);
        }
    }

    private Step StepOf(Direction half) => new(view.Key, stage, half);

    private void JudgeForwardAnew(ImmutableArray<RecordType> types)
    {
        if (types.SequenceEqual(requiredTypes))
        {
            return;
        }

        requiredTypes = types;
        foreach (var walk in walks.Values.Where(walk => walk.Forward.Length > 0))
        {
            walk.Judge(JudgeForward(walk));
        }
    }

    private void NoteWhenDue(ServerWalk walk, TimeSpan now)
    {
        if (walk.Server.Required && !walk.Judgement.IsRight)
        {
            var due = patience.Decide(walk.Server.Address, StepOf(direction), now, asksTheSilent) is NextMove.Hold hold ? hold.Until : now;
            NextDue = NextDue is { } other && other < due ? other : due;
        }
    }

    private List<Question> QuestionsOf(Server server, Step step, CachePartition partition)
    {
        var questions = new List<Question>();
        for (var sample = 0; sample < server.Samples; sample++)
        {
            if (step.Direction == Direction.Forward)
            {
                foreach (var type in ForwardJudge.TypesToAsk(view.Families))
                {
                    questions.Add(new Question(server.Address, step, partition, view.Name, type, sample) { RecursionDesired = !view.IsAuthoritative });
                }
            }
            else
            {
                foreach (var address in ReverseJudge.AddressesToAsk(view, requiredTypes))
                {
                    questions.Add(new Question(server.Address, step, partition, DnsName.ReverseOf(address), RecordType.PTR, sample) { RecursionDesired = !view.IsAuthoritative });
                }
            }
        }

        return questions;
    }

    private Judgement JudgeForward(ServerWalk walk)
    {
        var judgement = Judgement.Agrees;
        for (var sample = 0; sample < walk.Server.Samples; sample++)
        {
            List<Observation> ofSample = [.. walk.Forward.Where(observation => observation.Question.Sample == sample)];
            judgement = judgement.OrEarlierReason(ForwardJudge.Judge(view, requiredTypes, ofSample));
        }

        return judgement;
    }

    private Judgement JudgeReverse(ServerWalk walk)
    {
        var judgement = Judgement.Agrees;
        foreach (var observation in walk.Current)
        {
            judgement = judgement.OrEarlierReason(ReverseJudge.Judge(view, walk.Server, observation));
        }

        return judgement;
    }

    private StepFinding FindingOf(ServerWalk walk, Judgement judgement)
    {
        var partition = walk.Current[0].Question.Partition;
        if (!judgement.IsWrong)
        {
            return new StepFinding(partition, walk.Current, judgement.IsSilence, WrongTtl: null);
        }

        uint ttl = 0;
        foreach (var observation in walk.Current.Where(observation => IsWrong(walk.Server, observation)))
        {
            ttl = Math.Max(ttl, Ttl.Of(observation.Outcome) ?? 0);
        }

        return new StepFinding(partition, walk.Current, IsSilent: false, TimeSpan.FromSeconds(ttl));
    }

    private bool IsWrong(Server server, Observation observation) => direction == Direction.Forward
        ? ForwardJudge.IsWrong(view, requiredTypes, observation)
        : !ReverseJudge.Judge(view, server, observation).IsRight;
}
