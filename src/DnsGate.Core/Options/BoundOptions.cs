namespace DnsGate.Core.Options;

/// <summary>The options of <c>bound</c>, checked.</summary>
/// <param name="Port">The port that the application listens on.</param>
/// <param name="StableFor">How long the same socket must be seen; zero is one look.</param>
internal sealed record BoundOptions(int Port, TimeSpan StableFor);
