using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Options;

/// <summary>
/// One external view (<c>--external NAME@SERVER[,SERVER]</c>): a name, and the servers outside the cluster to ask for it.
/// </summary>
/// <param name="Pattern">The name, in which <c>{pod}</c> stands for the pod's host name.</param>
/// <param name="Servers">Who is asked; empty for the zone's own servers (<c>authoritative</c>).</param>
internal sealed record ExternalSource(string Pattern, ImmutableArray<ServerAddress> Servers)
{
    /// <summary>What stands for the first label of the own name: ExternalDNS names pods so.</summary>
    public const string PodPlaceholder = "{pod}";

    private const string AuthoritativeWord = "authoritative";

    /// <summary>Whether the servers are those that the zone's NS records name.</summary>
    public bool IsAuthoritative => Servers.IsEmpty;

    /// <summary>Reads one <c>NAME@SERVER[,SERVER]</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ExternalSource? source, [NotNullWhen(false)] out string? problem)
    {
        source = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1)
        {
            problem = $"'{text}' is not NAME@SERVER[,SERVER]; SERVER is ADDR[:PORT] or authoritative";
            return false;
        }

        // Any label that Kubernetes allows does for the placeholder here.
        var pattern = text[..at];
        if (!IdentityFinder.TryParsePodName(pattern.Replace(PodPlaceholder, "pod-0", StringComparison.Ordinal), out _, out problem))
        {
            problem = $"'{text}': {problem}";
            return false;
        }

        var words = text[(at + 1)..].Split(',');
        if (words is [AuthoritativeWord])
        {
            source = new ExternalSource(pattern, []);
            return true;
        }

        var servers = ImmutableArray.CreateBuilder<ServerAddress>(words.Length);
        foreach (var word in words)
        {
            if (word == AuthoritativeWord)
            {
                problem = $"'{text}': authoritative stands alone; write the other servers as an external view of their own";
                return false;
            }

            if (word.Length == 0)
            {
                problem = $"'{text}': a comma without a server; servers are separated by commas without blanks";
                return false;
            }

            if (!ServerAddress.TryParse(word, out var server, out problem))
            {
                problem = $"'{text}': {problem}";
                return false;
            }

            if (!servers.Contains(server))
            {
                servers.Add(server);
            }
        }

        servers.Sort(ServerAddress.Compare);
        source = new ExternalSource(pattern, servers.ToImmutable());
        return true;
    }

    /// <summary>The name of this pod there.</summary>
    /// <param name="podName">The pod's own name.</param>
    /// <param name="name">The name to ask for.</param>
    /// <param name="problem">Why there is no name: with this pod's host name it is too long.</param>
    public bool TryNameOf(DnsName podName, [NotNullWhen(true)] out DnsName? name, [NotNullWhen(false)] out string? problem)
    {
        var text = Pattern.Replace(PodPlaceholder, podName.FirstLabel, StringComparison.Ordinal);
        return IdentityFinder.TryParsePodName(text, out name, out problem);
    }

    /// <summary>The way it is written on the command line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Pattern}@{(IsAuthoritative ? AuthoritativeWord : string.Join(',', Servers))}");

    /// <summary>By the way it is written: arrays are not equal by their elements.</summary>
    public bool Equals(ExternalSource? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
