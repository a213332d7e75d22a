namespace DnsGate.Linux;

/// <summary>What this executable was built from: constants that the build writes (WriteBuildInfo in DnsGate.csproj).</summary>
internal static partial class BuildInfo;
