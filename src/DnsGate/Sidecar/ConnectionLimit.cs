using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace DnsGate.Sidecar;

/// <summary>
/// Limits the open connections. One too many closes the oldest one of the client address that has the most, so a flood from
/// one pod spares the kubelet. Accepted flaw: a flood from more addresses than the limit can close any connection.
/// </summary>
internal sealed class ConnectionLimit(IConnectionListener listener, int max) : IConnectionListener
{
    private readonly List<ConnectionContext> connections = []; // oldest first

    public EndPoint EndPoint => listener.EndPoint;

    // Kestrel calls this again only after it has returned, so there is no lock.
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var connection = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        connections.RemoveAll(IsClosed);
        connections.AddRange(connection is null ? [] : [connection]);
        if (connections.Count > max)
        {
            var oldest = connections.GroupBy(ClientAddress).MaxBy(group => group.Count())!.First();
            connections.Remove(oldest);
            oldest.Abort(new ConnectionAbortedException("too many connections"));
        }

        return connection;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private static bool IsClosed(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()!.Socket.SafeHandle.IsClosed;

    private static IPAddress? ClientAddress(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;
}
