using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>One port number, bound for UDP and for TCP.</summary>
internal static class LoopbackPorts
{
    // The system chooses a free UDP port; the TCP port of the same number is nearly always free too.
    private const int Attempts = 50;

    public static (Socket Udp, Socket Tcp) Bind(IPEndPoint at)
    {
        for (var attempt = 1; ; attempt++)
        {
            Socket udp = new(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            Socket tcp = new(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(at);
                tcp.Bind(udp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException) when (at.Port == 0 && attempt < Attempts)
            {
                udp.Dispose();
                tcp.Dispose();
            }
            catch
            {
                udp.Dispose();
                tcp.Dispose();
                throw;
            }
        }
    }
}
