using System.Collections.Immutable;
using DnsGate.Core.Model;
using DnsGate.Linux;

namespace DnsGate.Ask;

/// <summary>Asks DNS servers: many questions at once, on the calling thread, each with its own time, all within one deadline.</summary>
/// <param name="queryTimeout">Time for one question at one server.</param>
/// <param name="time">The clock of the deadlines.</param>
internal sealed class NameServerClient(TimeSpan queryTimeout, TimeProvider time)
{
    // More than the 1232 octets offered: a server that sends more is still understood rather than called broken.
    private const int ReceiveBufferSize = 4096;

    // A wait looks at the stop token and the clock at least this often.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks all the questions; one observation for each, in their order.</summary>
    /// <param name="questions">What to ask.</param>
    /// <param name="deadline">Time that is left for all of it; null for no limit but that of each question.</param>
    /// <param name="whileWaiting">Called several times a second until the answers are there.</param>
    /// <param name="stop">Ends the asking within a tenth of a second, with an <see cref="OperationCanceledException"/>.</param>
    public ImmutableArray<Observation> Ask(
        ImmutableArray<Question> questions, TimeSpan? deadline, Action? whileWaiting, CancellationToken stop)
    {
        ImmutableArray<Exchange> exchanges = [.. questions.Select(question => new Exchange(question.Server, question.ToQuery(0)))];
        Run(exchanges, deadline, whileWaiting, stop);
        return [.. questions.Zip(exchanges, (question, exchange) =>
            new Observation(question, exchange.Outcome!, exchange.RoundTrip, exchange.Datagrams) { IsOverTcp = exchange.IsOverTcp })];
    }

    /// <summary>Looks all of these up; one result for each, in their order.</summary>
    public ImmutableArray<LookupResult> LookUp(
        ImmutableArray<Lookup> lookups, TimeSpan? deadline, Action? whileWaiting, CancellationToken stop)
    {
        ImmutableArray<Exchange> exchanges = [.. lookups.Select(lookup => new Exchange(lookup.Server, lookup.ToQuery(0)))];
        Run(exchanges, deadline, whileWaiting, stop);
        return [.. lookups.Zip(exchanges, (lookup, exchange) => new LookupResult(lookup, exchange.Outcome!, exchange.Datagrams))];
    }

    /// <summary>
    /// The same on a thread of its own: other sources are fetched meanwhile, and the thread pool answers probes.
    /// </summary>
    public Task<ImmutableArray<LookupResult>> LookUpAsync(ImmutableArray<Lookup> lookups, TimeSpan limit, CancellationToken stop) =>
        Task.Factory.StartNew(
            () => LookUp(lookups, limit, whileWaiting: null, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(ImmutableArray<Exchange> exchanges, TimeSpan? limit, Action? whileWaiting, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        // A question holds two sockets at most. The soft limit of files in a container is often 1,024.
        var active = new List<Exchange>(Math.Min(exchanges.Length, FileLimit.QuestionsInFlight));
        var next = 0;
        var polled = new Libc.Polled[active.Capacity * Exchange.MaxSockets];
        var buffer = new byte[ReceiveBufferSize];
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                var now = time.GetElapsedTime(begun);
                active.ForEach(exchange => exchange.Advance(now));
                active.RemoveAll(exchange => exchange.Outcome is not null);
                while (next < exchanges.Length && active.Count < active.Capacity)
                {
                    var exchange = exchanges[next++];
                    var isCutShort = limit < now + queryTimeout;
                    exchange.Begin(now, isCutShort ? limit!.Value : now + queryTimeout, isCutShort);
                    if (exchange.Outcome is null)
                    {
                        active.Add(exchange);
                    }
                }

                if (active.Count == 0)
                {
                    return;
                }

                if (Poll(active, polled, active.Min(exchange => exchange.DueAt) - now) > 0)
                {
                    now = time.GetElapsedTime(begun);
                    for (var i = 0; i < active.Count * Exchange.MaxSockets; i++)
                    {
                        if (polled[i].Happened != 0)
                        {
                            active[i / Exchange.MaxSockets].OnReady(i % Exchange.MaxSockets, buffer, now);
                        }
                    }
                }

                whileWaiting?.Invoke();
            }
        }
        finally
        {
            active.ForEach(exchange => exchange.Dispose());
        }
    }

    /// <summary>Waits until something happens at a socket, or something is due.</summary>
    /// <returns>At how many sockets something has happened.</returns>
    private static int Poll(List<Exchange> active, Libc.Polled[] polled, TimeSpan wait)
    {
        for (var i = 0; i < active.Count * Exchange.MaxSockets; i++)
        {
            // The kernel passes over an entry without a descriptor.
            var (descriptor, toWrite) = active[i / Exchange.MaxSockets].Waits(i % Exchange.MaxSockets);
            polled[i] = new Libc.Polled { Descriptor = descriptor, Events = toWrite ? Libc.Writable : Libc.Readable };
        }

        var milliseconds = Math.Ceiling((wait < LongestPoll ? wait : LongestPoll).TotalMilliseconds);
        return Libc.Poll(ref polled[0], (nuint)(active.Count * Exchange.MaxSockets), (int)milliseconds);
    }
}
