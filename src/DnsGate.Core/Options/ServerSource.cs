using System.Diagnostics.CodeAnalysis;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>Where DNS servers come from (<c>--servers</c>, <c>--app</c>): a closed set.</summary>
internal abstract record ServerSource
{
    /// <summary>The file that says which servers the pod's own resolver uses (resolv.conf(5)).</summary>
    public const string DefaultResolvConf = "/etc/resolv.conf";

    /// <summary>The forms of a SPEC, for people.</summary>
    public const string Forms = "ADDR[:PORT], [v6]:PORT, kube:[NS/]SERVICE, headless:NAME, ns, resolv.conf[:FILE], auto";

    private const string KubePrefix = "kube:";
    private const string HeadlessPrefix = "headless:";

    private ServerSource()
    {
    }

    /// <summary>One server named by the user.</summary>
    /// <param name="Address">Where it listens.</param>
    public sealed record Static(ServerAddress Address) : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => "static";
    }

    /// <summary>The <c>nameserver</c> lines of a file.</summary>
    /// <param name="Path">The file.</param>
    public sealed record ResolvConf(string Path) : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => Path == DefaultResolvConf ? "resolv.conf" : $"resolv.conf:{Path}";
    }

    /// <summary>Every ready endpoint of a Service, from the EndpointSlices of the Kubernetes API.</summary>
    /// <param name="Namespace">The namespace of the Service.</param>
    /// <param name="Service">The value of the label: the name of the Service.</param>
    public sealed record Kube(string Namespace, string Service) : ServerSource
    {
        /// <summary>Where the DNS servers of a cluster are.</summary>
        public const string DefaultNamespace = "kube-system";

        /// <summary>The label that names the Service of an EndpointSlice.</summary>
        public const string ServiceLabel = "kubernetes.io/service-name";

        /// <summary>The label of the cluster's DNS, which its EndpointSlices have too: <c>auto</c> looks for it.</summary>
        public const string AppLabel = "k8s-app";

        /// <summary>The label by which the EndpointSlices are found.</summary>
        public string Label { get; init; } = ServiceLabel;

        /// <inheritdoc/>
        public override string ToString() => $"kube:{Namespace}/{(Label == ServiceLabel ? "" : $"{Label}=")}{Service}";
    }

    /// <summary>
    /// The endpoints of every headless Service that the DNS servers belong to, as they name them under <c>NS DOMAIN</c>.
    /// </summary>
    public sealed record Ns : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => "ns";
    }

    /// <summary>The addresses of a headless Service over the DNS servers, asked at these very servers.</summary>
    /// <param name="Name">The name of the Service, fully qualified.</param>
    public sealed record Headless(DnsName Name) : ServerSource
    {
        /// <summary>The namespace of the Service; null where the name has another form than <c>SVC.NS.svc.DOMAIN</c>.</summary>
        public string? Namespace => Name.ToString().Split('.') is [_, var ns, "svc", _, ..] && DnsLabel.Is(ns) ? ns : null;

        /// <inheritdoc/>
        public override string ToString() => $"headless:{Name}";
    }

    /// <summary>
    /// The first of these that can be listed: the API, the headless Service of the conventional name, <c>ns</c>, resolv.conf.
    /// </summary>
    public sealed record Auto : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => "auto";
    }

    /// <summary>Reads one SPEC of <c>--servers</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        (source, problem) = (null, null);
        if (text is "auto" or "ns")
        {
            source = text == "ns" ? new Ns() : new Auto();
            return true;
        }

        if (text.StartsWith(KubePrefix, StringComparison.Ordinal))
        {
            return TryParseKube(text, out source, out problem);
        }

        if (text.StartsWith(HeadlessPrefix, StringComparison.Ordinal))
        {
            return TryParseHeadless(text, out source, out problem);
        }

        if (text.StartsWith("resolv.conf", StringComparison.Ordinal))
        {
            return TryParseResolvConf(text, out source, out problem);
        }

        if (!ServerAddress.TryParse(text, out var address, out problem))
        {
            problem = $"{problem} (a SPEC is one of: {Forms})";
            return false;
        }

        source = new Static(address);
        return true;
    }

    /// <summary>Reads <c>resolv.conf</c> or <c>resolv.conf:FILE</c>.</summary>
    public static bool TryParseResolvConf(
        string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        const string Prefix = "resolv.conf:";
        (source, problem) = (null, null);
        if (text == "resolv.conf")
        {
            source = new ResolvConf(DefaultResolvConf);
        }
        else if (text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length)
        {
            source = new ResolvConf(text[Prefix.Length..]);
        }
        else
        {
            problem = $"'{text}' is not resolv.conf or resolv.conf:FILE";
        }

        return source is not null;
    }

    /// <summary>Reads <c>kube:[NS/]SERVICE</c>.</summary>
    private static bool TryParseKube(string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        (source, problem) = (null, null);
        var path = text[KubePrefix.Length..];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var (ns, service) = slash < 0 ? (Kube.DefaultNamespace, path) : (path[..slash], path[(slash + 1)..]);
        if (!DnsLabel.Is(ns) || !DnsLabel.Is(service))
        {
            problem = $"'{text}' is not kube:[NAMESPACE/]SERVICE: both are lower-case letters, digits and '-', at most 63 of them";
            return false;
        }

        source = new Kube(ns, service);
        return true;
    }

    /// <summary>Reads <c>headless:NAME</c>.</summary>
    private static bool TryParseHeadless(
        string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        source = null;
        var name = text[HeadlessPrefix.Length..];
        if (!DnsName.TryParse(name, out var parsed, out problem))
        {
            problem = $"'{text}': {problem}";
            return false;
        }

        if (Addresses.TryParse(name.TrimEnd('.'), out _, out _))
        {
            problem = $"'{text}': this is an address, no name of a Service; a server itself is named without headless:";
            return false;
        }

        if (!name.TrimEnd('.').Contains('.', StringComparison.Ordinal))
        {
            problem = $"'{text}': the name of the Service must be fully qualified, as name-servers.kube-system.svc.cluster.local";
            return false;
        }

        source = new Headless(parsed);
        return true;
    }
}
