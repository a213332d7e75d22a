using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using DnsGate.Ask;
using DnsGate.Core.Model;

namespace DnsGate.Discovery.Kube;

/// <summary>What kept a request from its answer, in words that are the same each time.</summary>
internal static class TransportProblem
{
    /// <summary>What to do about an API server that does not answer.</summary>
    public const string EgressRemedy = "let a NetworkPolicy allow egress to the API server, or name the servers with `--servers`";

    public static DiscoveryProblem Describe(Exception exception, IPEndPoint server)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case CertificateRefusedException refused:
                    return Unreachable($"the API server at {server} is not trusted: {refused.Message}");
                case SocketException socket:
                    return Unreachable($"the API server at {server} cannot be reached: {SocketProblem.Describe(socket)}") with
                    {
                        Remedy = EgressRemedy,
                    };
                case AuthenticationException:
                    return Unreachable($"what answers at {server} speaks no TLS that is safe (1.2 or later): it may be no API server");
            }
        }

        return Unreachable(ErrorOf(exception) switch
        {
            HttpRequestError.ResponseEnded => $"the API server at {server} closed the connection in the middle of its answer",
            HttpRequestError.InvalidResponse => $"what answers at {server} speaks no HTTP: it may be no API server",
            HttpRequestError.ConfigurationLimitExceeded => $"the head of the answer from {server} is too long: it may be no API server",
            HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError =>
                $"the API server at {server} closed the connection before TLS was established",
            _ => $"the connection to the API server at {server} broke off",
        });
    }

    private static HttpRequestError? ErrorOf(Exception exception) =>
        (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError;

    private static DiscoveryProblem Unreachable(string message) => new(DiscoveryFault.Unreachable, message);
}
