using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>
/// A name server on loopback, UDP and TCP, that does what a function says. It runs from construction to disposal on
/// asynchronous sockets with no thread of its own, so that a test may start a thousand.
/// </summary>
/// <remarks>
/// The function is called for each query, on the server's loop: it must not block. Null is silence. What it throws silences
/// that query and is thrown again on disposal.
/// </remarks>
public sealed partial class LoopbackNameServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Lazy<Socket> _stranger;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loops;
    private readonly ConcurrentQueue<ReceivedQuery> _log = new();
    private readonly Lock _waitersLock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private volatile Func<ReceivedQuery, Response?> _behaviour;
    private Exception? _fault;
    private int _queryCount;
    private int _unreadableCount;

    /// <summary>Starts a server.</summary>
    /// <param name="behaviour">What it answers; <see cref="PodZone"/> and <see cref="SimulatedCoreDns"/> convert to it.</param>
    /// <param name="at">Where it listens; 127.0.0.1 and a port of the system's choice by default.</param>
    /// <param name="acceptTcp">False makes TCP connections to the port be refused.</param>
    /// <param name="time">The clock of delays and of <see cref="ReceivedQuery.ReceivedAt"/>.</param>
    public LoopbackNameServer(
        Func<ReceivedQuery, Response?> behaviour, IPEndPoint? at = null, bool acceptTcp = true, TimeProvider? time = null)
    {
        _behaviour = behaviour;
        _time = time ?? TimeProvider.System;
        _started = _time.GetTimestamp();
        (_udp, _tcp) = LoopbackPorts.Bind(at ?? new IPEndPoint(IPAddress.Loopback, 0));
        Endpoint = (IPEndPoint)_udp.LocalEndPoint!;
        _stranger = new Lazy<Socket>(BindStranger);
        _udp.ReceiveBufferSize = 1 << 20; // bursts: what the loop is too slow for waits here
        // Started from the pool, so that the loops do not capture the synchronization context of a test.
        var udpLoop = Task.Run(ServeUdpAsync);
        if (acceptTcp)
        {
            _tcp.Listen();
        }

        _loops = acceptTcp ? Task.WhenAll(udpLoop, Task.Run(ServeTcpAsync)) : udpLoop;
    }

    /// <summary>Where it listens, UDP and TCP.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The same as an option value: <c>127.0.0.1:5301</c>, <c>[::1]:5301</c>.</summary>
    public string Address => Endpoint.ToString();

    /// <summary>What it answers; may be replaced at any time.</summary>
    public Func<ReceivedQuery, Response?> Behaviour
    {
        get => _behaviour;
        set => _behaviour = value;
    }

    /// <summary>Whether <see cref="Queries"/> is kept; false for floods.</summary>
    public bool KeepsLog { get; init; } = true;

    /// <summary>All queries so far in the order of receipt: a snapshot.</summary>
    public IReadOnlyList<ReceivedQuery> Queries => _log.ToArray();

    /// <summary>The number of queries so far.</summary>
    public int QueryCount => Volatile.Read(ref _queryCount);

    /// <summary>The number of datagrams so far that were no query with one question.</summary>
    public int UnreadableCount => Volatile.Read(ref _unreadableCount);

    /// <summary>Completes when the server has received so many queries since it started.</summary>
    public Task WaitForQueriesAsync(int count, CancellationToken cancellation = default)
    {
        lock (_waitersLock)
        {
            if (QueryCount >= count)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Stops the server and frees its port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        if (_stranger.IsValueCreated)
        {
            _stranger.Value.Dispose();
        }

        await _loops;
        _stop.Dispose();
        if (_fault is { } fault)
        {
            throw new InvalidOperationException("The behaviour of a name server threw.", fault);
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(4096, pinned: true);
        SocketAddress peer = new(_udp.AddressFamily);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var length = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, peer, _stop.Token);
                var source = (IPEndPoint)Endpoint.Create(peer);
                if (Answer(buffer.AsSpan(0, length), source, overTcp: false) is { } response)
                {
                    await SendAsync(response, source);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client went away (ICMP); the next datagram is another client's.
            }
        }
    }

    private async ValueTask SendAsync(Response response, IPEndPoint destination)
    {
        foreach (var datagram in response.Datagrams)
        {
            if (datagram.After <= TimeSpan.Zero)
            {
                await SendAsync(datagram, destination);
            }
        }
        if (response.Datagrams.Any(datagram => datagram.After > TimeSpan.Zero))
        {
            _ = SendLaterAsync(response.Datagrams.Where(datagram => datagram.After > TimeSpan.Zero), destination, _time.GetTimestamp());
        }
    }

    private async Task SendLaterAsync(IEnumerable<Datagram> datagrams, IPEndPoint destination, long since)
    {
        try
        {
            foreach (var datagram in datagrams.OrderBy(datagram => datagram.After))
            {
                await DelayAsync(datagram.After - _time.GetElapsedTime(since));
                await SendAsync(datagram, destination);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Server or client are gone; nobody waits for the rest.
        }
    }

    private ValueTask<int> SendAsync(Datagram datagram, IPEndPoint destination) =>
        (datagram.FromAnotherSocket ? _stranger.Value : _udp).SendToAsync(datagram.Bytes, SocketFlags.None, destination, _stop.Token);

    private Task DelayAsync(TimeSpan delay) => delay > TimeSpan.Zero ? Task.Delay(delay, _time, _stop.Token) : Task.CompletedTask;

    private Response? Answer(ReadOnlySpan<byte> message, IPEndPoint source, bool overTcp)
    {
        if (QueryReader.Read(message) is not { } query)
        {
            Interlocked.Increment(ref _unreadableCount);
            return null;
        }
        var now = _time.GetTimestamp();
        query = query with { Source = source, OverTcp = overTcp, Timestamp = now, ReceivedAt = _time.GetElapsedTime(_started, now) };
        Note(query);
        try
        {
            return _behaviour(query);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
            return null;
        }
    }

    private void Note(ReceivedQuery query)
    {
        if (KeepsLog)
        {
            _log.Enqueue(query);
        }

        var count = Interlocked.Increment(ref _queryCount);
        lock (_waitersLock)
        {
            foreach ((_, var reached) in _waiters.Where(waiter => waiter.Count <= count))
            {
                reached.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Count <= count);
        }
    }

    private Socket BindStranger()
    {
        Socket socket = new(Endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Endpoint.Address, 0));
        return socket;
    }
}
