
namespace DnsGate.Sidecar;

/// <summary>
/// What /startupz, /readyz and /livez can answer. The sidecar sends a row of this table, and <c>probe</c> looks the row up:
/// an answer that is not in it is from another program.
/// </summary>
/// <param name="Name">The value of the header <see cref="Header"/>.</param>
/// <param name="HttpStatus">200 or 503.</param>
/// <param name="ExitCode">The exit code of <c>probe</c>.</param>
/// <param name="Meaning">When it is sent: the reference's table.</param>
internal sealed record ProbeStatus(string Name, int HttpStatus, int ExitCode, string Meaning)
{
    /// <summary>The response header that names the row.</summary>
    public const string Header = "DnsGate-Status";

    public static readonly ProbeStatus Open = new("open", HttpResult.Ok, Core.Model.ExitCode.Open, "the gate has opened");
    public static readonly ProbeStatus Drifting = new(
        "drifting", HttpResult.Ok, Core.Model.ExitCode.Open, "the gate has opened, and a server no longer agrees");
    public static readonly ProbeStatus Disabled = new(
        "disabled", HttpResult.Ok, Core.Model.ExitCode.Open, "the gate is switched off by DNSGATE_DISABLED");
    public static readonly ProbeStatus Closed = new(
        "closed", HttpResult.ServiceUnavailable, Core.Model.ExitCode.Closed,
        "a server disagrees, or the servers have not agreed for long enough");
    public static readonly ProbeStatus Undecidable = new(
        "undecidable", HttpResult.ServiceUnavailable, Core.Model.ExitCode.Undecidable, "no DNS server was found, or none answered");
    public static readonly ProbeStatus Stopping = new(
        "stopping", HttpResult.ServiceUnavailable, Core.Model.ExitCode.Closed, "`/readyz` only: the sidecar received SIGTERM or SIGINT");
    public static readonly ProbeStatus Live = new("live", HttpResult.Ok, Core.Model.ExitCode.Open, "`/livez` only: the loop ticks");
    public static readonly ProbeStatus NotLive = new(
        "not-live", HttpResult.ServiceUnavailable, Core.Model.ExitCode.Closed, "`/livez` only: the loop has not ticked for 10 s");

    /// <summary>Every row, in the order of the reference.</summary>
    public static IReadOnlyList<ProbeStatus> All { get; } = [Open, Drifting, Disabled, Closed, Undecidable, Stopping, Live, NotLive];
}
