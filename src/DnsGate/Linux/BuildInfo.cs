using System.Reflection;

namespace DnsGate.Linux;

/// <summary>What this executable was built from.</summary>
internal static class BuildInfo
{
    // The build appends "+COMMIT" where it knows one.
    private static readonly string[] Parts =
        (typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown")
            .Split('+', 2);

    public static string Version => Parts[0];

    /// <summary>The commit, where the build knew one.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";
}
