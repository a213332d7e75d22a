using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>One connection of a client, from accept to close.</summary>
internal sealed class KubeConnection : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private int _isGone;

    public KubeConnection(Socket socket, long id)
    {
        Socket = socket;
        Id = id;
        Gone = _gone.Token;
    }

    public Socket Socket { get; }

    /// <summary>1 for the server's first.</summary>
    public long Id { get; }

    /// <summary>Canceled when nothing more can be said: the client went, the connection was cut, or the server stopped.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Cuts the connection now; only the first cut counts.</summary>
    public void Cut(TcpCut how)
    {
        if (Interlocked.Exchange(ref _isGone, 1) == 1)
            return;
        try
        {
            if (how == TcpCut.Fin)
            {
                // Not closed: what the client has sent and nobody read would make the kernel send a reset.
                Socket.Shutdown(SocketShutdown.Send);
            }
            else
            {
                Socket.LingerState = new LingerOption(true, 0); // no time to linger = RST
                Socket.Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client was quicker.
        }
        _gone.Cancel();
    }

    /// <summary>Reads until the client has closed as well.</summary>
    public async Task DrainAsync()
    {
        byte[] ignored = new byte[4096];
        while (await Socket.ReceiveAsync(ignored) > 0)
            continue;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cut(TcpCut.Fin);
        Socket.Dispose();
        // Not the source of Gone: another thread may be within Cut, between the socket and it. It holds nothing.
    }
}
