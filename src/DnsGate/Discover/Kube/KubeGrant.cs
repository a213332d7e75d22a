using System.Net;

namespace DnsGate.Discover.Kube;

/// <summary>What one request to the API server needs. No record: its text would hold the token.</summary>
/// <param name="server">Where the API server is.</param>
/// <param name="token">The bearer token; it appears in no message and no log.</param>
/// <param name="authorities">The certificates that sign the API server's, as PEM.</param>
internal sealed class KubeGrant(IPEndPoint server, string token, string authorities)
{
    /// <summary>Where the API server is.</summary>
    public IPEndPoint Server { get; } = server;

    /// <summary>The bearer token.</summary>
    public string Token { get; } = token;

    /// <summary>The certificates that sign the API server's, as PEM.</summary>
    public string Authorities { get; } = authorities;
}
