using DnsGate.Ask;
using DnsGate.Core.Report;
using DnsGate.Core.Settle;
using DnsGate.Core.Spec;
using DnsGate.Discover;
using DnsGate.Os;
using DnsGate.Watch;

namespace DnsGate.Verbs;

/// <summary>The waiting of <c>wait</c> and <c>run</c>: rounds until the gate opens, the time is up, or a signal comes.</summary>
/// <param name="gate">What to wait for.</param>
/// <param name="signals">What may end the wait.</param>
internal sealed class Waiting(Gate gate, StopSignals signals)
{
    /// <summary>The time limit when nothing is said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    private readonly Log log = LogTo(gate.Spec);

    /// <summary>The log of this wait.</summary>
    public Log Log => log;

    /// <summary>Tells the kubelet why a wait ended without opening.</summary>
    public static void Terminate(string verb, Snapshot? last) =>
        TerminationLog.Write(last is null ? $"dnsgate {verb}: ended by a signal\n" : TextReport.Render(last));

    /// <summary>The log as the user wants it.</summary>
    public static Log LogTo(GateSpec spec) => new(spec.LogFormat, spec.LogLevel, TimeProvider.System, Streams.Error);

    /// <summary>What is waited for.</summary>
    public static string Purpose(Identity identity) =>
        $"waiting for {identity.Name} (from {identity.NameSource}) to be {string.Join(' ', identity.Addresses)} (from {identity.AddressSource}) at every name server";

    /// <summary>Waits.</summary>
    /// <param name="table">Draws each round on a terminal; null to log the changes instead.</param>
    /// <returns>The exit code, and the last snapshot unless a signal came first.</returns>
    public async Task<(int Code, Snapshot? Last)> RunAsync(LiveTable? table)
    {
        var spec = gate.Spec;
        using var client = new NameServerClient(spec.QueryTimeout, TimeProvider.System);
        using var lister = new ServerLister(spec, gate.Identity, client, spec.Timeout, TimeProvider.System);
        var loop = new GateLoop(spec, gate.Identity, lister, client, table ?? (IWatcher)new ChangeLog(log, TimeProvider.System), TimeProvider.System);
        var plan = spec.Timeout.IsOneRound
            ? new LoopPlan(SettleRule.OneRound, null, IsOneRound: true)
            : new LoopPlan(spec.Rule, spec.Timeout.Limit, IsOneRound: false);
        if (table is null)
        {
            log.Write(Event.Started, Purpose(gate.Identity) + CannotOpen());
        }

        try
        {
            var last = await loop.RunAsync(plan, signals.Token).ConfigureAwait(false);
            return last.Status == GateStatus.Open ? (ExitCode.Open, last) : (TimedOut(last), last);
        }
        catch (OperationCanceledException)
        {
            log.Write(Event.Stopped, "a signal ended the wait; the gate was still closed");
            return (signals.Code, null);
        }
    }

    private int TimedOut(Snapshot last)
    {
        var limit = gate.Spec.Timeout.IsOneRound ? "one round (--timeout 0)" : $"--timeout {Duration.Format(gate.Spec.Timeout.Limit ?? TimeSpan.Zero)}";
        if (gate.Spec.OnTimeout == OnTimeout.Open)
        {
            log.Write(Event.OpenedByTimeout, $"{limit} has passed and --on-timeout open goes on all the same; {TextReport.Headline(last)}");
            return ExitCode.Open;
        }

        log.Write(Event.TimedOut, $"{limit} has passed; {TextReport.Headline(last)}");
        return ExitCode.TimedOut;
    }

    private string CannotOpen() => gate.Spec.Timeout is { IsOneRound: false, Limit: { } limit } && limit < gate.Spec.Rule.Settle
        ? $"; --timeout {Duration.Format(limit)} ends before --settle {Duration.Format(gate.Spec.Rule.Settle)} can be met: this wait cannot open"
        : "";
}
