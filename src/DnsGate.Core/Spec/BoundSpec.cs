using System.Net;

namespace DnsGate.Core.Spec;

/// <summary>What <c>bound</c> was told, checked.</summary>
/// <param name="Port">The port that the application listens on.</param>
/// <param name="Held">How long the same socket must be seen; zero is one look.</param>
/// <param name="ZooKeeper">Where ZooKeeper is asked for its Mode; null when it is not.</param>
public sealed record BoundSpec(int Port, TimeSpan Held, IPEndPoint? ZooKeeper);
