using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Gate;

/// <summary>One server within one stage of a round.</summary>
/// <param name="server">The server.</param>
internal sealed class StageServer(Server server)
{
    public Server Server => server;

    /// <summary>Its answers to the forward and to the reverse questions; empty before they were asked.</summary>
    public Dictionary<Direction, ImmutableArray<Observation>> Answers { get; } = new()
    {
        [Direction.Forward] = [],
        [Direction.Reverse] = [],
    };

    /// <summary>The answer to the question whether the name exists; null where that was not asked. It is never judged.</summary>
    public Observation? Existence { get; set; }

    /// <summary>What its answers amount to so far; agrees before anything was asked.</summary>
    public Judgement Judgement { get; set; } = Judgement.Agrees;

    /// <summary>The directions in which an earlier answer stands, since the server was not asked again.</summary>
    public HashSet<Direction> EarlierDirections { get; } = [];

    /// <summary>Datagrams sent to it in this round.</summary>
    public int Datagrams { get; set; }
}

/// <summary>One stage of one round: its servers and what they answered so far.</summary>
/// <param name="stage">Which stage.</param>
/// <param name="view">The view that is asked.</param>
/// <param name="retry">When each server may be asked again.</param>
/// <param name="ignoreBackoff">Whether silent servers are asked without backing off.</param>
/// <param name="privateStage">The private stage of the same servers, where there is one.</param>
/// <param name="watched">The verdict to confirm: answers of servers that were right stand. Null where every server is asked.</param>
internal sealed class StageState(
    Stage stage, View view, RetryTable retry, bool ignoreBackoff, StageState? privateStage, RoundVerdict? watched)
{
    private readonly Dictionary<ServerAddress, ImmutableArray<Observation>> standing = watched?.Servers
        .Where(server => server.View.Key == view.Key && server.Judgement.IsRight)
        .ToDictionary(server => server.Server.Address, server => server.Observations) ?? [];

    private readonly Dictionary<ServerAddress, StageServer> servers = view.Servers.ToDictionary(
        server => server.Address, server => new StageServer(server));

    public Stage Stage => stage;

    /// <summary>The view that is asked.</summary>
    public View View => view;

    /// <summary>Whether the first questions were asked.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the stage agrees as far as it was asked.</summary>
    public bool Agrees =>
        ViewJudge.Agrees(view.Quorum, [.. servers.Values.Where(state => state.Server.Required).Select(state => state.Judgement)]);

    /// <summary>Every observation of the stage, earlier ones that stand included.</summary>
    public IEnumerable<Observation> Observations => servers.Values.SelectMany(state => ObservationsOf(state));

    /// <summary>What the stage knows of one server.</summary>
    public StageServer At(ServerAddress server) => servers[server];

    /// <summary>Datagrams that a server was sent; 0 where it is not in this stage.</summary>
    public int DatagramsTo(ServerAddress server) => servers.TryGetValue(server, out var state) ? state.Datagrams : 0;

    /// <summary>All that one server answered in this stage.</summary>
    public static ImmutableArray<Observation> ObservationsOf(StageServer state) =>
        [.. state.Answers[Direction.Forward], .. state.Answers[Direction.Reverse]];

    /// <summary>When the wrong answer of a server expires; null where that is not known (<see cref="RetryState.CachedUntil"/>).</summary>
    public TimeSpan? CachedUntil(StageServer state) => state.Answers
        .Where(answers => !answers.Value.IsEmpty)
        .Max(answers => retry[state.Server.Address, new Step(view.Key, stage, answers.Key)].CachedUntil);

    /// <summary>The questions of one direction. Where asking again would bring nothing new, the last answers stand.</summary>
    public IEnumerable<Question> Begin(Direction direction, ImmutableArray<RecordType> requiredTypes, TimeSpan now)
    {
        HasBegun = true;
        var step = new Step(view.Key, stage, direction);
        var questions = new List<Question>();
        foreach (var state in servers.Values)
        {
            // A server that is wrong in private is not required, or this stage would not have been reached. Asked now, it would put
            // the wrong answer into the application's cache. A silent one is asked: what it tells applications may be wrong.
            var isWrongInPrivate = privateStage?.At(state.Server.Address).Judgement.IsWrong == true;
            if (isWrongInPrivate || (direction == Direction.Reverse && (view.Reverse == ReversePolicy.Off || !state.Judgement.IsRight)))
            {
                continue;
            }

            if (standing.TryGetValue(state.Server.Address, out var observations))
            {
                state.Answers[direction] = [.. observations.Where(observation => observation.Question.Step.Direction == direction)];
                state.EarlierDirections.Add(direction);
                continue;
            }

            var known = retry[state.Server.Address, step];
            if (known.NextPartition(now, ignoreBackoff && state.Server.Required) is { } partition)
            {
                questions.AddRange(QuestionsTo(state.Server, step, partition, requiredTypes));
            }
            else
            {
                state.Answers[direction] = known.LastObservations;
                state.EarlierDirections.Add(direction);
                if (known.IsExistenceDue(now))
                {
                    questions.Add(new Question(state.Server.Address, step, CachePartition.Cd, view.Name, FreshType(now), Sample: 0));
                }
            }
        }

        return questions;
    }

    /// <summary>Takes new observations of this stage.</summary>
    public void Take(Direction direction, IEnumerable<Observation> observations)
    {
        foreach (var ofServer in observations.GroupBy(observation => observation.Question.Server))
        {
            var state = servers[ofServer.Key];
            if (ofServer.First() is { Question.IsForExistence: true } existence)
            {
                // Asked in place of the other questions: the earlier answers to those stand.
                state.Existence = existence;
            }
            else
            {
                state.Answers[direction] = [.. ofServer];
            }

            state.Datagrams += ofServer.Sum(observation => observation.Datagrams);
        }
    }

    /// <summary>Judges every server from all that it answered in this stage.</summary>
    public void Judge(ImmutableArray<RecordType> requiredTypes)
    {
        foreach (var state in servers.Values)
        {
            state.Judgement = ViewJudge.JudgeStage(view, state.Server, requiredTypes, ObservationsOf(state));
        }
    }

    /// <summary>Has the table of retries learn what the servers asked in this trip gave.</summary>
    /// <returns>The earliest time at which a required server that is not right is due again; null when there is none.</returns>
    public TimeSpan? LearnRetries(Direction direction, ImmutableArray<RecordType> requiredTypes, TimeSpan now)
    {
        var step = new Step(view.Key, stage, direction);
        TimeSpan? next = null;
        foreach (var state in servers.Values.Where(state => !state.Answers[direction].IsEmpty))
        {
            var address = state.Server.Address;
            if (!state.EarlierDirections.Contains(direction))
            {
                retry.Learn(address, step, ResultOf(state.Server, state.Answers[direction], requiredTypes), now);
            }
            else if (direction == Direction.Forward && state.Existence is { } existence)
            {
                retry.LearnExistence(address, step, existence.Outcome is Outcome.Responded { Answer: Answer.NoData }, now);
            }

            if (state.Server.Required && !state.Judgement.IsRight)
            {
                var due = retry[address, step].DueAt(now, ignoreBackoff);
                next = next < due ? next : due;
            }
        }

        return next;
    }

    private IEnumerable<Question> QuestionsTo(Server server, Step step, CachePartition partition, ImmutableArray<RecordType> requiredTypes)
    {
        var subjects = step.Direction == Direction.Forward
            ? ForwardJudge.TypesToAsk(view.Families).Select(type => (view.Name, Type: type))
            : ReverseJudge.AddressesToAsk(view, requiredTypes).Select(address => (Name: DnsName.ReverseOf(address), Type: RecordType.PTR));
        return
            from sample in Enumerable.Range(0, server.Samples)
            from subject in subjects
            select new Question(server.Address, step, partition, subject.Name, subject.Type, sample)
            {
                RecursionDesired = !view.IsAuthoritative,
            };
    }

    private StepResult ResultOf(Server server, ImmutableArray<Observation> answers, ImmutableArray<RecordType> requiredTypes)
    {
        var partition = answers[0].Question.Partition;
        var judgement = ViewJudge.JudgeStage(view, server, requiredTypes, answers);
        if (!judgement.IsWrong)
        {
            return new StepResult(partition, answers, judgement.IsSilence, WrongTtl: null);
        }

        var ttl = answers
            .Where(observation => !ObservationJudge.Judge(view, server, requiredTypes, observation).IsRight)
            .Select(observation => observation.Outcome.Ttl ?? 0)
            .DefaultIfEmpty()
            .Max();
        return new StepResult(partition, answers, IsSilent: false, TimeSpan.FromSeconds(ttl))
        {
            IsNameMissing = IsNameMissing(server, answers),
        };
    }

    /// <summary>
    /// Whether the name is missing at a server that caches by type. Resolvers may cache an NXDOMAIN for the whole name (RFC 8020), so a
    /// question of any type would delay the application. They set RA; CoreDNS answers names of the cluster with RA=0.
    /// </summary>
    private static bool IsNameMissing(Server server, ImmutableArray<Observation> answers) =>
        server is { Required: true, MayForward: false, Samples: 1 }
        && answers.All(answer => answer is
        {
            Question.Step.Direction: Direction.Forward,
            Outcome: Outcome.Responded { Answer: Answer.NxDomain, RecursionAvailable: false }
        });

    /// <summary>
    /// A type without an entry in the cache. It comes again after 255 s, when its entry has expired; CoreDNS keeps one for 30 s by default.
    /// </summary>
    private static RecordType FreshType(TimeSpan now) => RecordType.PrivateUse + (ushort)((long)now.TotalSeconds % 255);
}
