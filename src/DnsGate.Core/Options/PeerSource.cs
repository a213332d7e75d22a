using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DnsGate.Core.Options;

/// <summary>Where the names of other members come from (<c>--peers</c>): a closed set.</summary>
internal abstract record PeerSource
{
    /// <summary>The forms of a SPEC, for people.</summary>
    public const string Forms = "NAME, replicas:N[@FIRST], zoo.cfg:FILE, env:VARIABLE";

    private const string ReplicasPrefix = "replicas:";
    private const string ZooConfigPrefix = "zoo.cfg:";
    private const string EnvironmentPrefix = "env:";

    // A StatefulSet of more members has no use for a check of each.
    private const int MaxReplicas = 1000;

    private PeerSource()
    {
    }

    /// <summary>One member by its name; a relative name is completed by the search list of resolv.conf.</summary>
    /// <param name="Text">The name.</param>
    public sealed record Named(string Text) : PeerSource
    {
        /// <inheritdoc/>
        public override string ToString() => Text;
    }

    /// <summary>The pods of this pod's StatefulSet: its own name with every ordinal.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="First">The first ordinal (StatefulSet API, <c>spec.ordinals.start</c>).</param>
    public sealed record Replicas(int Count, int First) : PeerSource
    {
        /// <inheritdoc/>
        public override string ToString() => First == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{ReplicasPrefix}{Count}")
            : string.Create(CultureInfo.InvariantCulture, $"{ReplicasPrefix}{Count}@{First}");
    }

    /// <summary>The <c>server.N</c> lines of a ZooKeeper configuration, and of the file that its <c>dynamicConfigFile</c> names.</summary>
    /// <param name="Path">The file.</param>
    public sealed record ZooConfig(string Path) : PeerSource
    {
        /// <inheritdoc/>
        public override string ToString() => $"{ZooConfigPrefix}{Path}";
    }

    /// <summary>A list in an environment variable: <c>ZOO_SERVERS</c>, <c>controller.quorum.voters</c>, or hosts with ports.</summary>
    /// <param name="Variable">The variable.</param>
    public sealed record FromEnvironment(string Variable) : PeerSource
    {
        /// <inheritdoc/>
        public override string ToString() => $"{EnvironmentPrefix}{Variable}";
    }

    /// <summary>Reads one SPEC of <c>--peers</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PeerSource? source, [NotNullWhen(false)] out string? problem)
    {
        (source, problem) = (null, null);
        if (text.StartsWith(ReplicasPrefix, StringComparison.Ordinal))
        {
            return TryParseReplicas(text, out source, out problem);
        }

        if (text.StartsWith(ZooConfigPrefix, StringComparison.Ordinal))
        {
            source = text.Length > ZooConfigPrefix.Length ? new ZooConfig(text[ZooConfigPrefix.Length..]) : null;
            problem = source is null ? $"'{text}' names no file; use zoo.cfg:FILE" : null;
            return source is not null;
        }

        if (text.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
        {
            source = text.Length > EnvironmentPrefix.Length ? new FromEnvironment(text[EnvironmentPrefix.Length..]) : null;
            problem = source is null ? $"'{text}' names no variable; use env:VARIABLE" : null;
            return source is not null;
        }

        if (MemberList.IsHostName(text))
        {
            source = new Named(text);
            return true;
        }

        problem = $"'{text}' is not a host name (a SPEC is one of: {Forms})";
        return false;
    }

    private static bool TryParseReplicas(
        string text, [NotNullWhen(true)] out PeerSource? source, [NotNullWhen(false)] out string? problem)
    {
        var parts = text[ReplicasPrefix.Length..].Split('@');
        var first = 0;
        var isRead = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= MaxReplicas
            && (parts.Length == 1
                || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out first)));
        source = isRead ? new Replicas(count, first) : null;
        problem = isRead
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"'{text}' is not replicas:N[@FIRST] with N from 1 to {MaxReplicas}");
        return isRead;
    }
}
