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
    private readonly Socket udp;
    private readonly Socket tcp;
    private readonly Lazy<Socket> stranger;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loops;
    private readonly ConcurrentQueue<ReceivedQuery> log = new();
    private readonly Lock waitersLock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> waiters = [];
    private volatile Func<ReceivedQuery, Response?> behaviour;
    private Exception? fault;
    private int queryCount;
    private int unreadableCount;

    /// <summary>Starts a server.</summary>
    /// <param name="behaviour">What it answers; <see cref="PodZone"/> and <see cref="SimulatedCoreDns"/> convert to it.</param>
    /// <param name="at">Where it listens; 127.0.0.1 and a port of the system's choice by default.</param>
    /// <param name="acceptTcp">False makes TCP connections to the port be refused.</param>
    /// <param name="time">The clock of delays and of <see cref="ReceivedQuery.ReceivedAt"/>.</param>
    public LoopbackNameServer(
        Func<ReceivedQuery, Response?> behaviour, IPEndPoint? at = null, bool acceptTcp = true, TimeProvider? time = null)
    {
        this.behaviour = behaviour;
        this.time = time ?? TimeProvider.System;
        started = this.time.GetTimestamp();
        (udp, tcp) = LoopbackPorts.Bind(at ?? new IPEndPoint(IPAddress.Loopback, 0));
        Endpoint = (IPEndPoint)udp.LocalEndPoint!;
        stranger = new Lazy<Socket>(BindStranger);
        udp.ReceiveBufferSize = 1 << 20; // bursts: what the loop is too slow for waits here
        // Started from the pool, so that the loops do not capture the synchronization context of a test.
        var udpLoop = Task.Run(ServeUdpAsync);
        if (acceptTcp)
        {
            tcp.Listen();
        }

        loops = acceptTcp ? Task.WhenAll(udpLoop, Task.Run(ServeTcpAsync)) : udpLoop;
    }

    /// <summary>Where it listens, UDP and TCP.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The same as an option value: <c>127.0.0.1:5301</c>, <c>[::1]:5301</c>.</summary>
    public string Address => Endpoint.ToString();

    /// <summary>What it answers; may be replaced at any time.</summary>
    public Func<ReceivedQuery, Response?> Behaviour
    {
        get => behaviour;
        set => behaviour = value;
    }

    /// <summary>Whether <see cref="Queries"/> is kept; false for floods.</summary>
    public bool KeepsLog { get; init; } = true;

    /// <summary>All queries so far in the order of receipt: a snapshot.</summary>
    public IReadOnlyList<ReceivedQuery> Queries => log.ToArray();

    /// <summary>The number of queries so far.</summary>
    public int QueryCount => Volatile.Read(ref queryCount);

    /// <summary>The number of datagrams so far that were no query with one question.</summary>
    public int UnreadableCount => Volatile.Read(ref unreadableCount);

    /// <summary>Completes when the server has received so many queries since it started.</summary>
    public Task WaitForQueriesAsync(int count, CancellationToken cancellation = default)
    {
        lock (waitersLock)
        {
            if (QueryCount >= count)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Stops the server and frees its port.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        if (stranger.IsValueCreated)
        {
            stranger.Value.Dispose();
        }

        await loops;
        stop.Dispose();
        if (this.fault is { } fault)
        {
            throw new InvalidOperationException("The behaviour of a DNS server threw.", fault);
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(4096, pinned: true);
        SocketAddress peer = new(udp.AddressFamily);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var length = await udp.ReceiveFromAsync(buffer, SocketFlags.None, peer, stop.Token);
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
            _ = SendLaterAsync(response.Datagrams.Where(datagram => datagram.After > TimeSpan.Zero), destination, time.GetTimestamp());
        }
    }

    private async Task SendLaterAsync(IEnumerable<Datagram> datagrams, IPEndPoint destination, long since)
    {
        try
        {
            foreach (var datagram in datagrams.OrderBy(datagram => datagram.After))
            {
                await DelayAsync(datagram.After - time.GetElapsedTime(since));
                await SendAsync(datagram, destination);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Server or client are gone; nobody waits for the rest.
        }
    }

    private ValueTask<int> SendAsync(Datagram datagram, IPEndPoint destination) =>
        (datagram.FromAnotherSocket ? stranger.Value : udp).SendToAsync(datagram.Bytes, SocketFlags.None, destination, stop.Token);

    private Task DelayAsync(TimeSpan delay) => delay > TimeSpan.Zero ? Task.Delay(delay, time, stop.Token) : Task.CompletedTask;

    private Response? Answer(ReadOnlySpan<byte> message, IPEndPoint source, bool overTcp)
    {
        if (QueryReader.Read(message) is not { } query)
        {
            Interlocked.Increment(ref unreadableCount);
            return null;
        }
        var now = time.GetTimestamp();
        query = query with { Source = source, OverTcp = overTcp, Timestamp = now, ReceivedAt = time.GetElapsedTime(started, now) };
        Note(query);
        try
        {
            return behaviour(query);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref fault, e, null);
            return null;
        }
    }

    private void Note(ReceivedQuery query)
    {
        if (KeepsLog)
        {
            log.Enqueue(query);
        }

        var count = Interlocked.Increment(ref queryCount);
        lock (waitersLock)
        {
            foreach ((_, var reached) in waiters.Where(waiter => waiter.Count <= count))
            {
                reached.TrySetResult();
            }

            waiters.RemoveAll(waiter => waiter.Count <= count);
        }
    }

    private Socket BindStranger()
    {
        Socket socket = new(Endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Endpoint.Address, 0));
        return socket;
    }
}
