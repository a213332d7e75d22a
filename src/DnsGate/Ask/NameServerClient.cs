using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Linux;

namespace DnsGate.Ask;

/// <summary>Asks name servers: many questions at once, each with its own time, all within one deadline.</summary>
/// <param name="queryTimeout">Time for one question at one server.</param>
/// <param name="time">The clock of the deadlines.</param>
internal sealed class NameServerClient(TimeSpan queryTimeout, TimeProvider time) : IDisposable
{
    // A question holds two sockets at most (one resend). The soft limit of files in a container is often 1,024.
    private readonly SemaphoreSlim room = new(FileLimit.QuestionsInFlight);

    /// <summary>Asks all the questions; one observation for each, in their order. What the deadline cuts off is timed out.</summary>
    /// <param name="questions">What to ask.</param>
    /// <param name="deadline">Time that is left for all of it; null for no limit but that of each question.</param>
    /// <param name="stop">Ends the asking at once.</param>
    public async Task<IReadOnlyList<Observation>> AskAsync(ImmutableArray<Question> questions, TimeSpan? deadline, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        return await Task.WhenAll(questions.Select(question => AskOneAsync(question, () => deadline - time.GetElapsedTime(begun), stop))).ConfigureAwait(false);
    }

    /// <summary>Looks all of these up; one result for each, in their order. What the deadline cuts off is timed out.</summary>
    public async Task<IReadOnlyList<LookupResult>> LookUpAsync(ImmutableArray<Lookup> lookups, TimeSpan? deadline, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        return await Task.WhenAll(lookups.Select(lookup => LookUpOneAsync(lookup, () => deadline - time.GetElapsedTime(begun), stop))).ConfigureAwait(false);
    }

    public void Dispose() => room.Dispose();

    private async Task<Observation> AskOneAsync(Question question, Func<TimeSpan?> left, CancellationToken stop)
    {
        var asked = await AskWithinAsync(question.Server, question.ToQuery(MessageId.Next()), left, stop).ConfigureAwait(false);
        return new Observation(question, asked.Outcome, asked.RoundTrip, asked.Datagrams) { IsOverTcp = asked.IsOverTcp };
    }

    private async Task<LookupResult> LookUpOneAsync(Lookup lookup, Func<TimeSpan?> left, CancellationToken stop)
    {
        var asked = await AskWithinAsync(lookup.Server, lookup.ToQuery(MessageId.Next()), left, stop).ConfigureAwait(false);
        return new LookupResult(lookup, asked.Outcome, asked.Datagrams);
    }

    private async Task<Attempt> AskWithinAsync(ServerAddress server, Query query, Func<TimeSpan?> left, CancellationToken stop)
    {
        if (!await room.WaitAsync(Milliseconds(left()), stop).ConfigureAwait(false))
        {
            return Attempt.TooLate;
        }

        var begun = time.GetTimestamp();
        try
        {
            var limit = left() is { } rest && rest < queryTimeout ? rest : queryTimeout;
            if (limit <= TimeSpan.Zero)
            {
                return Attempt.TooLate;
            }

            using var timeout = new CancellationTokenSource(limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
            var (outcome, datagrams, isOverTcp) = await ExchangeAsync(server, query, limit / 2, either.Token).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            return new Attempt(outcome, time.GetElapsedTime(begun), datagrams, isOverTcp);
        }
        finally
        {
            room.Release();
        }
    }

    private async Task<(Outcome Outcome, int Datagrams, bool IsOverTcp)> ExchangeAsync(ServerAddress server, Query query, TimeSpan resendAfter, CancellationToken deadline)
    {
        var result = await UdpExchange.AskAsync(server, query, resendAfter, time, deadline).ConfigureAwait(false);
        var datagrams = result.Datagrams;
        if (result is { Reply: Reply.WellFormed { Answer: Answer.ServerError { Code: ResponseCode.FormErr } } })
        {
            // A server older than EDNS does not know the OPT record (RFC 6891 §7): once more without it.
            // DO goes with the record; CD keeps the question in a partition that applications do not read.
            query = query with { Id = MessageId.Next(), Edns = false, DnssecOk = false, CheckingDisabled = query.CheckingDisabled || query.DnssecOk };
            result = await UdpExchange.AskAsync(server, query, resendAfter, time, deadline).ConfigureAwait(false);
            datagrams += result.Datagrams;
        }

        if (result is not { Reply: Reply.Truncated })
        {
            return (ToOutcome(result), datagrams, false);
        }

        // The server has answered: whatever happens over TCP, this is not silence, and --require does not excuse it.
        result = await TcpExchange.AskAsync(server, query with { Id = MessageId.Next() }, deadline).ConfigureAwait(false);
        var outcome = result.Reply is Reply.WellFormed
            ? ToOutcome(result)
            : new Outcome.Malformed($"cut off over UDP, and over TCP: {Problem(result)}");
        return (outcome, datagrams + 1, true);
    }

    private static Outcome ToOutcome(ExchangeResult result) => result switch
    {
        { Reply: Reply.WellFormed reply } => new Outcome.Responded(reply.Answer, reply.RecursionAvailable, reply.Authoritative),
        { Reply: Reply.Broken broken } => new Outcome.Malformed(broken.Problem),
        { NetworkProblem: { } problem } => new Outcome.Unreachable(problem),
        _ => new Outcome.TimedOut(),
    };

    private static string Problem(ExchangeResult result) => result switch
    {
        { Reply: Reply.Truncated } => "cut off again",
        { Reply: Reply.Broken broken } => broken.Problem,
        { NetworkProblem: { } problem } => problem,
        _ => "timed out",
    };

    /// <summary>What became of one query.</summary>
    private readonly record struct Attempt(Outcome Outcome, TimeSpan RoundTrip, int Datagrams, bool IsOverTcp)
    {
        /// <summary>It was not even sent.</summary>
        public static readonly Attempt TooLate = new(new Outcome.TimedOut(), TimeSpan.Zero, 1, false);
    }

    private static int Milliseconds(TimeSpan? left) =>
        left is { } rest ? (int)Math.Clamp(rest.TotalMilliseconds, 0, int.MaxValue) : Timeout.Infinite;
}
