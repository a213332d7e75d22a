using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>
/// A Kubernetes API server on loopback, over TLS, that knows EndpointSlices: LIST and WATCH, as real ones answer them, and
/// in all the ways in which real ones fail. Written on sockets, so that a test can cut and slow every octet. It runs from
/// construction to disposal, and everything about it may be changed at any time.
/// </summary>
/// <remarks>What a <see cref="Fault"/> throws closes its connection, and is thrown again on disposal.</remarks>
public sealed partial class KubeApiServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Milestones _milestones = new();
    private readonly long _started;
    private readonly List<KubeRequest> _requests = [];
    private readonly List<KubeWatch> _watches = [];
    private readonly Socket _reservation;
    private KubeAuthority _authority = new();
    private KubeCertificate _certificate;
    private SslStreamCertificateContext _shown;
    private volatile string _acceptedToken = ServiceAccountToken.Create();
    private volatile KubeFault? _fault;
    private Exception? _thrown;

    /// <summary>Starts a server.</summary>
    /// <param name="at">Where it listens; 127.0.0.1 and a port of the system's choice by default.</param>
    /// <param name="slices">What it knows; several servers may share it. Nothing by default.</param>
    /// <param name="time">The clock of watches, of faults and of <see cref="KubeRequest.ReceivedAt"/>; not of certificates.</param>
    public KubeApiServer(IPEndPoint? at = null, EndpointSliceStore? slices = null, TimeProvider? time = null)
    {
        Slices = slices ?? new EndpointSliceStore();
        Time = time ?? TimeProvider.System;
        _started = Time.GetTimestamp();
        // Never listens, but keeps the port while the server is stopped: nobody else gets it, and clients are refused.
        _reservation = new Socket((at ??= new IPEndPoint(IPAddress.Loopback, 0)).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _reservation.Bind(at);
        Endpoint = (IPEndPoint)_reservation.LocalEndPoint!;
        _shown = Show();
        Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Its port.</summary>
    public int Port => Endpoint.Port;

    /// <summary>Its address as clients of HTTP write it: <c>https://127.0.0.1:6443/</c>.</summary>
    public Uri Url => new($"https://{Endpoint}/");

    /// <summary>The EndpointSlices that it serves.</summary>
    public EndpointSliceStore Slices { get; }

    /// <summary>What it does before TLS is established.</summary>
    public TlsManner Tls { get; set; }

    /// <summary>Answers all requests in its place; null when it behaves.</summary>
    public KubeFault? Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>The only token that it accepts; every other request gets 401.</summary>
    public string AcceptedToken
    {
        get => _acceptedToken;
        set => _acceptedToken = value;
    }

    /// <summary>The verbs that RBAC refuses with 403.</summary>
    public KubeVerbs Forbidden { get; set; }

    /// <summary>How it refuses watches from a forgotten resource version.</summary>
    public ExpiredAnswer Expires { get; set; }

    /// <summary>How often watches that are opened from now on get a bookmark by themselves; never by default. Real servers: about once a minute.</summary>
    public TimeSpan? BookmarkInterval { get; set; }

    /// <summary>The length from which whole answers are compressed for clients that read gzip. Real servers: 128 KiB.</summary>
    public int ShortestCompressed { get; set; } = 128 * 1024;

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; }

    /// <summary>All requests so far, in the order of receipt: a snapshot.</summary>
    public IReadOnlyList<KubeRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>All watches that were ever opened, in order: a snapshot.</summary>
    public IReadOnlyList<KubeWatch> Watches
    {
        get
        {
            lock (_lock)
                return [.. _watches];
        }
    }

    /// <summary>The number of watches that are open.</summary>
    public int OpenWatches => Watches.Count(watch => watch.IsOpen);

    /// <summary>The number of connections that are open, with or without TLS.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_lock)
                return _connections.Count(connection => !connection.Gone.IsCancellationRequested);
        }
    }

    /// <summary>The number of connections that were ever accepted.</summary>
    public long AcceptedConnections => Interlocked.Read(ref _accepted);

    /// <summary>Completes when there have been so many requests.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellation = default) => WaitUntilAsync(() => Requests.Count >= count, cancellation);

    /// <summary>Completes when so many watches have been opened, with the last of these.</summary>
    public async Task<KubeWatch> WaitForWatchAsync(int number = 1, CancellationToken cancellation = default)
    {
        await WaitUntilAsync(() => Watches.Count >= number, cancellation);
        return Watches[number - 1];
    }

    /// <summary>Completes when a condition on this server's requests, watches and connections holds.</summary>
    public Task WaitUntilAsync(Func<bool> holds, CancellationToken cancellation = default) => _milestones.WaitAsync(holds, cancellation);

    /// <summary>Cuts the connections of all open watches at once.</summary>
    public void CutWatches(TcpCut how)
    {
        foreach (KubeWatch watch in Watches.Where(watch => watch.IsOpen))
            watch.Cut(how);
        _milestones.Check();
    }

    /// <summary>Sends a bookmark to all open watches that allow it.</summary>
    public void SendBookmarks()
    {
        foreach (KubeWatch watch in Watches.Where(watch => watch.IsOpen))
            watch.SendBookmark();
    }

    /// <summary>Stops the server and frees its port.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopForGoodAsync();
        _reservation.Dispose();
        lock (_lock)
            _authority.Dispose();
        if (_thrown is { } thrown)
            throw new InvalidOperationException("A fault of an API server threw.", thrown);
    }

    internal async Task RunWatchAsync(KubeWatch watch)
    {
        try
        {
            await watch.RunAsync(opened: () =>
            {
                lock (_lock)
                    _watches.Add(watch);
                _milestones.Check();
            });
        }
        finally
        {
            _milestones.Check();
        }
    }
}
