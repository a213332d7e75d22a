using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>What an answer of the API server that is no list means for people.</summary>
internal static class ApiProblem
{
    /// <summary>410 Gone: the API server no longer knows the place in a list that the next page is requested from.</summary>
    public const int Expired = 410;

    // Enough for what an API server says; a peer may say megabytes.
    private const int MaxQuoted = 200;

    /// <summary>The problem behind an answer with another status than 200.</summary>
    /// <param name="source">The Service that was asked for.</param>
    /// <param name="httpStatus">The status of the answer.</param>
    /// <param name="body">Its body, or what was read of it: a Status, if an API server wrote it.</param>
    /// <param name="account">The account that the pod's own files name; used where the answer names none.</param>
    public static DiscoveryProblem Describe(ServerSource.Kube source, int httpStatus, ReadOnlySpan<byte> body, ServiceAccount? account)
    {
        var said = ApiJson.TryRead(body, KubeJson.Default.Status, out var status, out _)
            && status is { Kind: "Status", Message.Length: > 0 }
                ? status.Message
                : null;
        var words = said is null ? "" : $": {Quote(said)}";
        return httpStatus switch
        {
            401 => new(DiscoveryFault.Unauthorized, "the API server does not accept this pod's service account token (401)")
            {
                Remedy = "has the token expired (the kubelet renews the file; the clocks of node and API server must agree), or is it one "
                    + "of another cluster? a new pod gets a new token",
            },
            403 => Forbidden(source, said, account),
            404 => new(
                DiscoveryFault.NotFound,
                "the API server knows no EndpointSlices of discovery.k8s.io/v1 (404): it is older than Kubernetes 1.21, or no API server"),
            Expired => new(DiscoveryFault.Unreachable, $"the API server no longer knows the list that was being read (410){words}"),
            429 => new(DiscoveryFault.Unreachable, $"the API server is too busy to answer (429){words}"),
            >= 300 and < 400 => new(
                DiscoveryFault.Unreachable,
                $"the answer is a redirect ({httpStatus}), which is not followed: what answers there is no API server"),
            >= 500 => new(DiscoveryFault.Unreachable, $"the API server failed ({httpStatus}){words}"),
            _ => new(DiscoveryFault.Unreachable, $"the API server gave the unexpected status {httpStatus}{words}"),
        };
    }

    /// <summary>Text of the peer, printable and not too long.</summary>
    internal static string Quote(string? text) =>
        text is null ? "" : Printable.Escape(text.Length <= MaxQuoted ? text : $"{text.AsSpan(0, MaxQuoted)}...");

    /// <summary>An answer that cannot be used.</summary>
    /// <param name="flaw">What it is, to follow "the answer of the API server".</param>
    internal static DiscoveryProblem Garbage(string flaw) => new(DiscoveryFault.Unreachable, $"the answer of the API server {flaw}");

    private static DiscoveryProblem Forbidden(ServerSource.Kube source, string? said, ServiceAccount? account)
    {
        // The Role must be bound to the account that the API server sees.
        if (ServiceAccount.TryParse(UserIn(said), out var user))
        {
            account = user;
        }

        var who = account is null ? "this pod's service account" : $"service account {account.Namespace}/{account.Name}";
        // Words of another kind (an admission webhook, a proxy) are not explained by the Role.
        var words = said is null || user is not null ? "" : $": {Quote(said)}";
        return new(
            DiscoveryFault.Forbidden,
            $"{who} may not list EndpointSlices in namespace {source.Namespace} (403): it needs the Role dnsgate{words}")
        {
            Remedy = AccessRole.Yaml(source, account),
        };
    }

    /// <summary>The USER of <c>… is forbidden: User "USER" cannot list resource …</c>.</summary>
    private static string? UserIn(string? message)
    {
        const string Before = "User \"";
        var start = message?.IndexOf(Before, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return null;
        }

        start += Before.Length;
        var end = message!.IndexOf('"', start);
        return end < 0 ? null : message[start..end];
    }
}
