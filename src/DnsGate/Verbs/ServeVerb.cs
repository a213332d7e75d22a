using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Report;
using DnsGate.Core.Spec;
using DnsGate.Discover;
using DnsGate.Os;
using DnsGate.Serve;
using DnsGate.Serve.Metrics;
using DnsGate.Watch;

namespace DnsGate.Verbs;

/// <summary><c>dnsgate serve</c>: watches for ever and answers probes, for a native sidecar.</summary>
internal static class ServeVerb
{
    public static async Task<int> RunAsync(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        if (Gate.Disabled(input, Waiting.DefaultTimeout, parserProblems) is { } disabled)
        {
            return await ServeAsync(input, disabled.Spec, disabled.Off, (_, watcher, stop) => IdleAsync(disabled.Off, watcher, stop), signals).ConfigureAwait(false);
        }

        var (gate, problems) = Gate.Prepare(input, Waiting.DefaultTimeout, parserProblems);
        if (gate is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        return await ServeAsync(input, gate.Spec, Snapshot.Starting(gate.Identity), (log, watcher, stop) => LoopAsync(gate, log, watcher, stop), signals).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(VerbInput input, GateSpec spec, Snapshot first, Func<Log, IWatcher, CancellationToken, Task> loop, StopSignals signals)
    {
        var log = Waiting.LogTo(spec);
        var board = new Board(first, TimeProvider.System);
        using var metrics = new GateMetrics(spec, BuildInfo.Version, BuildInfo.Commit, TimeProvider.System);
        var site = new Site(board, metrics.Render, BuildInfo.Version);
        try
        {
            using var server = new WebServer(spec.Listen, site, board);
            await Sidecar.RunAsync(
                server,
                stop =>
                {
                    log.Write(Event.Listening, $"listening at {spec.Listen}: {string.Join(' ', Site.Places.Select(place => place.Path))}");
                    // The metrics first: who has read on the board that the gate is open finds it there as well.
                    return loop(log, new Watchers([metrics, board, new ChangeLog(log, TimeProvider.System)]), stop);
                },
                board,
                signals).ConfigureAwait(false);
        }
        catch (ListenException exception)
        {
            return Usage.ReportAndTerminate(input.Verb, [$"cannot listen at {spec.Listen}: {exception.Message}"]);
        }

        log.Write(Event.Ended, $"ended by a signal; the gate was {board.Last.Moment.Snapshot.Status.Name()}");
        return ExitCode.Open;
    }

    private static async Task LoopAsync(Gate gate, Log log, IWatcher watcher, CancellationToken stop)
    {
        var spec = gate.Spec;
        log.Write(Event.Started, Waiting.Purpose(gate.Identity) + Unheeded(spec));
        using var client = new NameServerClient(spec.QueryTimeout, TimeProvider.System);
        // The startupProbe ends a wait that lasts too long, not the sidecar.
        using var lister = new ServerLister(spec, gate.Identity, client, new TimeLimit(null), TimeProvider.System);
        var loop = new GateLoop(spec, gate.Identity, lister, client, watcher, TimeProvider.System);
        var opened = await loop.RunAsync(new LoopPlan(spec.Rule, Deadline: null, IsOneRound: false), stop).ConfigureAwait(false);
        await loop.WatchAsync(opened, stop).ConfigureAwait(false);
    }

    private static string Unheeded(GateSpec spec) =>
        spec.Timeout.Limit == Waiting.DefaultTimeout && spec.OnTimeout == OnTimeout.Fail
            ? ""
            : $"; {Settings.Timeout.Flag} and {Settings.OnTimeout.Flag} mean nothing to serve, which waits for ever: the startupProbe's failureThreshold bounds the wait";

    /// <summary>The loop of a gate that is switched off: it asks nobody, and ticks.</summary>
    private static async Task IdleAsync(Snapshot off, IWatcher watcher, CancellationToken stop)
    {
        var pulse = new Pulse(off, watcher, TimeProvider.System);
        pulse.Publish(off);
        await pulse.PauseAsync(TimeSpan.MaxValue, isOver: null, stop).ConfigureAwait(false);
    }
}
