using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>The service account that a pod acts as.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The account's name.</param>
internal sealed record ServiceAccount(string Namespace, string Name)
{
    // Far larger than any token; a larger file is not a token.
    private const int MaxToken = 1 << 16;

    private const string UserPrefix = "system:serviceaccount:";

    /// <summary>
    /// Reads <c>system:serviceaccount:NAMESPACE:NAME</c>. Exactly that, since what is read ends up in YAML that a person pastes
    /// into a cluster: a namespace is a DNS label, a name dot-separated ones (RFC 1123), nothing else is taken.
    /// </summary>
    public static bool TryParse(string? user, [NotNullWhen(true)] out ServiceAccount? account)
    {
        account = null;
        if (user is null || !user.StartsWith(UserPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = user.AsSpan(UserPrefix.Length);
        var colon = rest.IndexOf(':');
        if (colon < 0 || !DnsLabel.Is(rest[..colon]) || !DnsLabel.IsSubdomain(rest[(colon + 1)..]))
        {
            return false;
        }

        account = new ServiceAccount(rest[..colon].ToString(), rest[(colon + 1)..].ToString());
        return true;
    }

    /// <summary>
    /// The account that the pod's own files name: the token's <c>sub</c> claim, otherwise the namespace file
    /// with <c>default</c>; null when neither does.
    /// </summary>
    /// <param name="token">The token (a JWT, RFC 7519). It is not verified: only the API server can, and only advice depends on it.</param>
    /// <param name="podNamespace">The content of the namespace file.</param>
    public static ServiceAccount? Parse(string? token, string? podNamespace)
    {
        if (TryParse(SubjectOf(token), out var account))
        {
            return account;
        }

        var name = podNamespace.AsSpan().Trim();
        return DnsLabel.Is(name) ? new ServiceAccount(name.ToString(), "default") : null;
    }

    private static string? SubjectOf(string? token)
    {
        if (token is null || token.Length > MaxToken)
        {
            return null;
        }

        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (first < 0 || last <= first + 1)
        {
            return null;
        }

        var claims = token.AsSpan((first + 1)..last);
        var bytes = new byte[Base64Url.GetMaxDecodedLength(claims.Length)];
        return Base64Url.IsValid(claims)
            && Base64Url.TryDecodeFromChars(claims, bytes, out var length)
            && ApiJson.TryRead(bytes.AsSpan(0, length), KubeJson.Default.TokenClaims, out var read, out _) ? read.Sub : null;
    }
}
