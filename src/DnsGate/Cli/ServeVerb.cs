using System.Collections.Immutable;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Linux;
using DnsGate.Loop;
using DnsGate.Sidecar;
using DnsGate.Sidecar.Metrics;

namespace DnsGate.Cli;

/// <summary><c>dnsgate serve</c>: watches for ever and answers probes, for a native sidecar.</summary>
internal static class ServeVerb
{
    public static async Task<int> RunAsync(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        if (Session.Disabled(input, Waiting.DefaultTimeout, parserProblems) is { } disabled)
        {
            return await ServeAsync(input, disabled.Spec, disabled.Off, (_, watcher, stop) => IdleAsync(disabled.Off, watcher, stop), signals).ConfigureAwait(false);
        }

        var (session, problems) = Session.Prepare(input, Waiting.DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        return await ServeAsync(input, session.Spec, GateSnapshot.Starting(session.Identity), (log, watcher, stop) => LoopAsync(session, log, watcher, stop), signals).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(VerbInput input, GateSpec spec, GateSnapshot first, Func<Log, IWatcher, CancellationToken, Task> loop, StopSignals signals)
    {
        var log = Waiting.LogTo(spec);
        var latest = new LatestSnapshot(first, TimeProvider.System);
        var metrics = new GateMetrics(spec, BuildInfo.Version, BuildInfo.Commit, TimeProvider.System);
        var site = new Site(latest, metrics.Render, BuildInfo.Version);
        try
        {
            using var server = new WebServer(spec.Listen, site, latest);
            await SidecarHost.RunAsync(
                server,
                stop =>
                {
                    log.Write(Event.Listening, $"listening at {spec.Listen}: {string.Join(' ', Site.Places.Select(place => place.Path))}");
                    // The metrics first: a client that has seen the gate open finds it open there as well.
                    return loop(log, new Watchers([metrics, latest, new ChangeLog(log, TimeProvider.System)]), stop);
                },
                latest,
                signals).ConfigureAwait(false);
        }
        catch (ListenException exception)
        {
            return Usage.ReportAndTerminate(input.Verb, [$"cannot listen at {spec.Listen}: {exception.Message}"]);
        }

        log.Write(Event.Ended, $"ended by a signal; the gate was {latest.Value.Status.Name()}");
        return ExitCode.Open;
    }

    private static Task<GateSnapshot> LoopAsync(Session session, Log log, IWatcher watcher, CancellationToken stop)
    {
        log.Write(Event.Started, Waiting.Purpose(session.Identity) + Unheeded(session.Spec));
        // The startupProbe ends a wait that takes too long, not the sidecar.
        return session.RunAsync(StopRule.Never, watcher, stop);
    }

    private static string Unheeded(GateSpec spec) =>
        spec.Timeout.Limit == Waiting.DefaultTimeout && spec.OnTimeout == OnTimeout.Fail
            ? ""
            : $"; {Settings.Timeout.Flag} and {Settings.OnTimeout.Flag} mean nothing to serve, which waits for ever: the startupProbe's failureThreshold bounds the wait";

    /// <summary>The loop of a gate that is switched off: it asks nothing, and ticks.</summary>
    private static async Task IdleAsync(GateSnapshot off, IWatcher watcher, CancellationToken stop)
    {
        var time = TimeProvider.System;
        off = off with { History = History.Empty.After(off, TimeSpan.Zero), Time = time.GetUtcNow() };
        watcher.OnRound(off);
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            watcher.OnTick(off with { Now = time.GetElapsedTime(begun), Time = time.GetUtcNow() });
        }
    }
}
