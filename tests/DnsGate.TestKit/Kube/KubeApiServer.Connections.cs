using System.Net.Sockets;
using System.Security.Authentication;

namespace DnsGate.TestKit;

public sealed partial class KubeApiServer
{
    private readonly List<KubeConnection> _connections = [];
    private readonly List<Task> _serving = [];
    private Socket? _listener;
    private bool _isDisposed;
    private long _accepted;

    /// <summary>Listens again, on the same port.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_listener is not null)
                return;
            _listener = new Socket(Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(Endpoint);
            _listener.Listen();
            // Started from the pool, so that the loop does not capture the synchronization context of a test.
            Socket listener = _listener;
            _serving.Add(Task.Run(() => AcceptAsync(listener)));
        }
    }

    /// <summary>Goes away until <see cref="Start"/>: new connections are refused, open ones are closed.</summary>
    public void Stop()
    {
        List<KubeConnection> open;
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            open = [.. _connections];
        }
        foreach (KubeConnection connection in open)
            connection.Cut(TcpCut.Fin);
        _milestones.Check();
    }

    private async Task StopForGoodAsync()
    {
        List<KubeConnection> open;
        List<Task> serving;
        lock (_lock)
            _isDisposed = true;
        Stop();
        lock (_lock)
            (open, serving) = ([.. _connections], [.. _serving]);
        foreach (KubeConnection connection in open)
            connection.Socket.Dispose();
        await Task.WhenAll(serving);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                Socket socket = await listener.AcceptAsync();
                socket.NoDelay = true;
                KubeConnection connection = new(socket, Interlocked.Increment(ref _accepted));
                lock (_lock)
                {
                    _connections.Add(connection);
                    _serving.RemoveAll(task => task.IsCompletedSuccessfully);
                    _serving.Add(ServeAsync(connection));
                    // Accepted just before a stop, noted just after it.
                    if (_listener != listener)
                        connection.Cut(TcpCut.Fin);
                    if (_isDisposed)
                        socket.Dispose();
                }
                _milestones.Check();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up before it was accepted.
            }
        }
    }

    private async Task ServeAsync(KubeConnection connection)
    {
        await Task.Yield();
        await UntilItEndsAsync(() => ConverseAsync(connection));
        connection.Cut(TcpCut.Fin);
        // What the client still sends is read, so that closing does not turn into a reset.
        await UntilItEndsAsync(() => connection.DrainAsync());
        connection.Dispose();
        lock (_lock)
            _connections.Remove(connection);
        _milestones.Check();
    }

    private async Task UntilItEndsAsync(Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or SocketException or AuthenticationException)
        {
            // The client went, the connection was cut, or the server stops.
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _thrown, e, null);
        }
    }
}
