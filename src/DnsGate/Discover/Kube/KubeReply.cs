using System.Diagnostics.CodeAnalysis;
using System.Net;
using DnsGate.Core.Servers;

namespace DnsGate.Discover.Kube;

/// <summary>An answer of the API server, or why there is none.</summary>
internal sealed class KubeReply : IDisposable
{
    private readonly HttpResponseMessage? response;
    private readonly IPEndPoint? server;

    public KubeReply(HttpResponseMessage response, Stream body, IPEndPoint server)
    {
        this.response = response;
        this.server = server;
        Body = body;
    }

    private KubeReply(DiscoveryProblem problem, int status) => (Problem, Status) = (problem, status);

    /// <summary>The body of an answer of status 200.</summary>
    public Stream? Body { get; }

    /// <summary>Why there is none.</summary>
    [MemberNotNullWhen(false, nameof(Body))]
    public DiscoveryProblem? Problem { get; }

    /// <summary>The HTTP status of an answer that is a problem; 0 when nobody answered.</summary>
    public int Status { get; }

    public static KubeReply Failed(DiscoveryProblem problem, int status = 0) => new(problem, status);

    /// <summary>What an exception says that was met while the body was read.</summary>
    public DiscoveryProblem ProblemOf(Exception exception) => TransportProblem.Of(exception, server!);

    public void Dispose() => response?.Dispose();
}
