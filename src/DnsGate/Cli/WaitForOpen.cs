using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Linux;
using DnsGate.Loop;

namespace DnsGate.Cli;

/// <summary>The waiting of <c>wait</c> and <c>run</c>: rounds until the gate opens, the time is up, or a signal comes.</summary>
/// <param name="session">What to wait for.</param>
/// <param name="signals">What may end the wait.</param>
internal sealed class WaitForOpen(Session session, StopSignals signals)
{
    /// <summary>The time limit when nothing is said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    private readonly Log log = LogTo(session.Options);

    /// <summary>The log of this wait.</summary>
    public Log Log => log;

    /// <summary>Tells the kubelet why a wait ended without opening.</summary>
    public static void Terminate(string verb, GateSnapshot? last) =>
        TerminationLog.Write(last is null ? $"dnsgate {verb}: ended by a signal\n" : TextReport.Render(last));

    /// <summary>The log as the user wants it.</summary>
    public static Log LogTo(GateOptions options) => new(options.LogFormat, options.LogLevel, TimeProvider.System, Streams.Error);

    /// <summary>What is waited for.</summary>
    /// <param name="identity">The pod.</param>
    /// <param name="openedAt">When the gate opened, where it is open already.</param>
    public static string Purpose(Identity identity, DateTimeOffset? openedAt = null)
    {
        var (name, addresses) = ($"{identity.Name} (from {identity.NameSource})",
            $"{string.Join(' ', identity.Addresses)} (from {identity.AddressSource})");
        return openedAt is { } time
            ? $"resuming: the gate of {name}, {addresses}, opened at {time:yyyy-MM-dd'T'HH:mm:ss'Z'}"
            : $"waiting for {name} to be {addresses} at every DNS server";
    }

    /// <summary>Waits.</summary>
    /// <param name="table">Draws each round on a terminal; null to log the changes instead.</param>
    /// <returns>The exit code, and the last snapshot unless a signal came first.</returns>
    public (int Code, GateSnapshot? Last) Run(LiveTable? table)
    {
        if (table is null)
        {
            log.Write(Event.Started, Purpose(session.Identity) + CannotOpen());
        }

        try
        {
            var stopRule = session.Options.Timeout.IsOneRound ? StopRule.AfterOneRound : StopRule.WhenOpen;
            var last = session.Run(stopRule, table ?? (ILoopObserver)new ChangeLog(log, TimeProvider.System), signals.Token);
            table?.End(last);
            return last.Status == GateStatus.Open ? (ExitCode.Open, last) : (TimedOut(last, table), last);
        }
        catch (OperationCanceledException)
        {
            var stopped = "a signal ended the wait; the gate was still closed";
            if (table is null)
            {
                log.Write(Event.Stopped, stopped);
            }
            else
            {
                table.End(last: null);
                PrintEnd([], stopped, signals.Code);
            }

            return (signals.Code, null);
        }
    }

    private int TimedOut(GateSnapshot last, LiveTable? table)
    {
        var failsForPeers = last is { Reason: Reason.PeerMissing, Peers.HasTimedOut: true }
            && session.Options.OnPeersTimeout == OnTimeout.Fail;
        var limit = failsForPeers ? $"--peers-timeout {Duration.Format(session.Options.PeersTimeout)}"
            : session.Options.Timeout.IsOneRound ? "one round (--timeout 0)"
            : $"--timeout {Duration.Format(session.Options.Timeout.Limit ?? TimeSpan.Zero)}";
        var (code, type, end) = session.Options.OnTimeout == OnTimeout.Open && !failsForPeers
            ? (ExitCode.Open, Event.OpenedByTimeout, $"{limit} has passed; --on-timeout open starts the application anyway")
            : (ExitCode.TimedOut, Event.TimedOut, $"{limit} has passed");
        if (table is null)
        {
            log.Write(type, $"{end}; {TextReport.Headline(last)}");
        }
        else
        {
            PrintEnd(TextReport.Advice(last), end, code);
        }

        return code;
    }

    /// <summary>The lines under a table, which has the verdict.</summary>
    private static void PrintEnd(IEnumerable<string> advice, string end, int code) =>
        Streams.Out.Write(string.Concat(advice
            .Append($"{end}: exit code {code}")
            .SelectMany(line => Wrapped.Lines("", line, Output.HelpWidth))
            .Select(line => line + "\n")));

    private string CannotOpen() => session.Options.Timeout is { IsOneRound: false, Limit: { } limit } && limit < session.Options.Rule.Settle
        ? $"; --timeout {Duration.Format(limit)} ends before --settle {Duration.Format(session.Options.Rule.Settle)} can "
            + "be met: this wait cannot open"
        : "";
}
