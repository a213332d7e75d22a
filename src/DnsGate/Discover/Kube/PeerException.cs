namespace DnsGate.Discover.Kube;

/// <summary>What answers does what no API server does, or cannot be trusted to be one.</summary>
/// <param name="what">What it does, for people: one line.</param>
internal sealed class PeerException(string what) : Exception(what);
