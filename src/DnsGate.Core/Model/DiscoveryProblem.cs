
namespace DnsGate.Core.Model;

/// <summary>What kept a source from being listed: a closed set.</summary>
internal enum DiscoveryFault
{
    /// <summary>The source is not there at all: no service account token is mounted, the file does not exist.</summary>
    Absent,

    /// <summary>The API server does not accept the token (401).</summary>
    Unauthorized,

    /// <summary>The service account may not list EndpointSlices (403).</summary>
    Forbidden,

    /// <summary>What is listed does not exist: 404, NXDOMAIN.</summary>
    NotFound,

    /// <summary>It exists and lists no server.</summary>
    Empty,

    /// <summary>
    /// The Service exists and has no endpoints: the cluster's DNS runs on the node or in the cloud, or all its pods are gone.
    /// </summary>
    NoEndpoints,

    /// <summary>No connection, no valid certificate, an error of the server, garbage, or silence: it may be better in a moment.</summary>
    Unreachable,
}

/// <summary>Why a source could not be listed, for people.</summary>
/// <param name="Fault">What kind of problem it is.</param>
/// <param name="Message">What happened, in one line, the same from round to round while nothing changes.</param>
internal sealed record DiscoveryProblem(DiscoveryFault Fault, string Message)
{
    /// <summary>What to do about it, if anything; may be several lines (the Role that is missing, as YAML to paste).</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether trying again at once cannot help: <c>auto</c> goes on to the next source without waiting.</summary>
    public bool IsDefinite => Fault != DiscoveryFault.Unreachable;
}
