namespace DnsGate.Lab.Cluster;

/// <summary>What runs in a pod: perhaps an init container, perhaps a native sidecar with a startupProbe, and the application.</summary>
/// <param name="Application">The command of the application's container.</param>
internal sealed record PodSpec(IReadOnlyList<string> Application)
{
    /// <summary>The command of an init container; null for none.</summary>
    public IReadOnlyList<string>? InitContainer { get; init; }

    /// <summary>The command of a native sidecar; null for none.</summary>
    public IReadOnlyList<string>? Sidecar { get; init; }

    /// <summary>The exec startupProbe of the sidecar, each second.</summary>
    public IReadOnlyList<string> StartupProbe { get; init; } = [];
}
