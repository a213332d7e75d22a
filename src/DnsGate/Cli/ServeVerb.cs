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

/// <summary><c>dnsgate serve</c>: watches until it is stopped and answers probes, for a native sidecar.</summary>
internal static class ServeVerb
{
    public static async Task<int> RunAsync(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        if (Session.Disabled(input, WaitForOpen.DefaultTimeout, parserProblems) is { } disabled)
        {
            return await ServeAsync(input, disabled.Options, disabled.Off, (_, observer, stop) => IdleAsync(disabled.Off, observer, stop), signals).ConfigureAwait(false);
        }

        var (session, problems) = Session.Prepare(input, WaitForOpen.DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        return await ServeAsync(input, session.Options, GateSnapshot.Starting(session.Identity), (log, observer, stop) => LoopAsync(session, log, observer, stop), signals).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(VerbInput input, GateOptions options, GateSnapshot first, Func<Log, ILoopObserver, CancellationToken, Task> loop, StopSignals signals)
    {
        var log = WaitForOpen.LogTo(options);
        var latest = new LatestSnapshot(first, TimeProvider.System);
        var metrics = new GateMetrics(options, BuildInfo.Version, BuildInfo.Commit, TimeProvider.System);
        var site = new HttpEndpoints(latest, metrics.Render, BuildInfo.Version);
        try
        {
            using var server = new WebServer(options.Listen, site, latest);
            await SidecarHost.RunAsync(
                server,
                stop =>
                {
                    log.Write(Event.Listening, $"listening at {options.Listen}: {string.Join(' ', HttpEndpoints.All.Select(endpoint => endpoint.Path))}");
                    // The metrics first: a client that has seen the gate open finds it open there as well.
                    return loop(log, new LoopObservers([metrics, latest, new ChangeLog(log, TimeProvider.System)]), stop);
                },
                latest,
                signals).ConfigureAwait(false);
        }
        catch (ListenException exception)
        {
            return Usage.ReportAndTerminate(input.Verb, [$"cannot listen at {options.Listen}: {exception.Message}"]);
        }

        log.Write(Event.Ended, $"ended by a signal; the gate was {latest.Value.Status.Name()}");
        return ExitCode.Open;
    }

    private static Task<GateSnapshot> LoopAsync(Session session, Log log, ILoopObserver observer, CancellationToken stop)
    {
        log.Write(Event.Started, WaitForOpen.Purpose(session.Identity) + IgnoredOptions(session.Options));
        // The startupProbe ends a wait that takes too long, not the sidecar.
        return session.RunAsync(StopRule.Never, observer, stop);
    }

    private static string IgnoredOptions(GateOptions options) =>
        options.Timeout.Limit == WaitForOpen.DefaultTimeout && options.OnTimeout == OnTimeout.Fail
            ? ""
            : $"; {OptionTable.Timeout.Flag} and {OptionTable.OnTimeout.Flag} mean nothing to serve, which waits for ever: the startupProbe's failureThreshold bounds the wait";

    /// <summary>The loop of a gate that is switched off: it asks nothing, and ticks.</summary>
    private static async Task IdleAsync(GateSnapshot off, ILoopObserver observer, CancellationToken stop)
    {
        var time = TimeProvider.System;
        off = off with { History = History.Empty.After(off, TimeSpan.Zero), Time = time.GetUtcNow() };
        observer.OnRound(off);
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            observer.OnTick(off with { Now = time.GetElapsedTime(begun), Time = time.GetUtcNow() });
        }
    }
}
