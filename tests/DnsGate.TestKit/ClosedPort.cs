using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>
/// A port at which nobody listens, and nobody can while this lives: UDP is answered by ICMP "port unreachable", TCP by a reset.
/// </summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket udp;
    private readonly Socket tcp;

    /// <summary>Reserves a port of the system's choice.</summary>
    public ClosedPort(IPAddress? address = null)
    {
        (udp, tcp) = LoopbackPorts.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        Endpoint = (IPEndPoint)udp.LocalEndPoint!;
        // A UDP socket that is connected, here to itself, does not match datagrams from others, so that the kernel answers
        // them as if nobody had the port; a TCP socket that is bound but does not listen refuses. Releasing the port
        // instead would let another test's client get it.
        udp.Connect(Endpoint);
    }

    /// <summary>The address and the port.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The same as an option value: <c>127.0.0.1:5301</c>, <c>[::1]:5301</c>.</summary>
    public string Address => Endpoint.ToString();

    /// <inheritdoc/>
    public void Dispose()
    {
        udp.Dispose();
        tcp.Dispose();
    }
}
