using System.Net;
using System.Net.Sockets;
using DnsGate.Ask;
using DnsGate.Core.Servers;

namespace DnsGate.Discover.Kube;

/// <summary>What kept a request from its answer, in words that are the same each time.</summary>
internal static class TransportProblem
{
    public static DiscoveryProblem Of(Exception exception, IPEndPoint server) => new(DiscoveryFault.Unreachable, exception switch
    {
        PeerException peer => peer.Message,
        SocketException socket => $"the API server at {server} cannot be reached: {SocketProblem.Describe(socket)}",
        IOException { InnerException: SocketException socket } => $"the API server at {server} cannot be reached: {SocketProblem.Describe(socket)}",
        _ => $"the connection to the API server at {server} broke off",
    });
}
