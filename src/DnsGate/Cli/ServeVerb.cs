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
    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        if (Session.Disabled(input, WaitForOpen.DefaultTimeout, parserProblems) is { } disabled)
        {
            var off = disabled.Off;
            return Serve(
                input, disabled.Options, WaitForOpen.LogTo(disabled.Options), off, (observer, stop) => Idle(off, observer, stop), signals);
        }

        var (session, problems) = Session.Prepare(input, WaitForOpen.DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        var (options, identity, log) = (session.Options, session.Identity, WaitForOpen.LogTo(session.Options));
        var now = TimeProvider.System.GetUtcNow();
        var memory = options.State is { } path ? new OpeningMemory(path, identity, input.CreateReader().Digest(), log) : null;
        var openedAt = memory?.Recall(now);
        var openFor = now - openedAt;
        var first = openFor is { } time ? GateSnapshot.Resumed(identity, time) : GateSnapshot.Starting(identity);
        return Serve(input, options, log, first, Watch, signals);

        void Watch(ILoopObserver observer, CancellationToken stop)
        {
            log.Write(Event.Started, WaitForOpen.Purpose(identity, openedAt) + IgnoredOptions(options));
            // The startupProbe ends a wait that takes too long, not the sidecar. Probes are answered before the file is written.
            session.Run(StopRule.Never, memory is null ? observer : new LoopObservers([observer, memory]), stop, openFor);
        }
    }

    private static int Serve(
        VerbInput input, GateOptions options, Log log, GateSnapshot first,
        Action<ILoopObserver, CancellationToken> loop, StopSignals signals)
    {
        var latest = new LatestSnapshot(first, TimeProvider.System);
        var metrics = new GateMetrics(options, BuildInfo.Version, BuildInfo.Commit, TimeProvider.System);
        if (first.IsOpen)
        {
            metrics.OnRound(first);
        }

        var site = new HttpEndpoints(latest, metrics.Render, BuildInfo.Version);
        try
        {
            using var server = new WebServer(options.Listen, site, latest);
            SidecarHost.Run(
                server,
                stop =>
                {
                    log.Write(
                        Event.Listening,
                        $"listening at {options.Listen}: {string.Join(' ', HttpEndpoints.All.Select(endpoint => endpoint.Path))}");
                    // The metrics first: a client that has seen the gate open finds it open there as well.
                    loop(new LoopObservers([metrics, latest, new ChangeLog(log, TimeProvider.System)]), stop);
                },
                latest,
                signals);
        }
        catch (ListenException exception)
        {
            return Usage.ReportAndTerminate(input.Verb, [$"cannot listen at {options.Listen}: {exception.Message}"]);
        }

        log.Write(Event.Ended, $"ended by a signal; the gate was {latest.Value.Status.Name()}");
        return ExitCode.Open;
    }

    private static string IgnoredOptions(GateOptions options) =>
        options.Timeout.Limit == WaitForOpen.DefaultTimeout && options.OnTimeout == OnTimeout.Fail
            ? ""
            : $"; {OptionTable.Timeout.Flag} and {OptionTable.OnTimeout.Flag} are ignored by serve, which waits without limit: the "
                + "startupProbe's failureThreshold bounds the wait";

    /// <summary>The loop of a gate that is switched off: it asks nothing, and ticks.</summary>
    private static void Idle(GateSnapshot off, ILoopObserver observer, CancellationToken stop)
    {
        var time = TimeProvider.System;
        off = off with { History = History.Empty.After(off, TimeSpan.Zero), Time = time.GetUtcNow() };
        observer.OnRound(off);
        var begun = time.GetTimestamp();
        while (!stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(1)))
        {
            observer.OnTick(off with { Now = time.GetElapsedTime(begun), Time = time.GetUtcNow() });
        }
    }
}
