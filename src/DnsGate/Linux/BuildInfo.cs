namespace DnsGate.Linux;

/// <summary>What this executable was built from: <c>WriteBuildInfo</c> in DnsGate.csproj writes the constants.</summary>
internal static partial class BuildInfo;
