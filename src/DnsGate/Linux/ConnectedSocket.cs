using System.Net;
using System.Runtime.InteropServices;

namespace DnsGate.Linux;

/// <summary>
/// A non-blocking socket with one peer, for poll(2). Not System.Net's: that one starts a thread and an epoll for asynchronous calls,
/// a tenth of the time of a check. Errors are error numbers of the kernel (errno(3)).
/// </summary>
internal sealed class ConnectedSocket : IDisposable
{
    /// <summary>What <see cref="Receive"/> returns while nothing is there: EAGAIN.</summary>
    public const int WouldBlock = -11;

    private const int Stream = 1; // SOCK_STREAM
    private const int Datagram = 2; // SOCK_DGRAM
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ErrorOption = 4; // SO_ERROR

    private ConnectedSocket(int descriptor) => Descriptor = descriptor;

    /// <summary>The file descriptor.</summary>
    public int Descriptor { get; private set; }

    /// <summary>
    /// Makes a socket and connects it. A stream is connected once poll(2) says that it can be written and <see cref="TakeError"/> is 0.
    /// </summary>
    /// <param name="peer">Where to.</param>
    /// <param name="isStream">TCP rather than UDP.</param>
    /// <param name="error">Why there is no socket; 0 where there is one.</param>
    public static ConnectedSocket? Connect(IPEndPoint peer, bool isStream, out int error)
    {
        const int InProgress = 115; // EINPROGRESS
        var address = peer.Serialize();
        var type = (isStream ? Stream : Datagram) | Libc.NonBlocking | Libc.CloseOnExec;
        var socket = new ConnectedSocket(Libc.Socket(AddressFamilyOf(address), type, 0));
        error = socket.Descriptor < 0 || Libc.Connect(socket.Descriptor, address.Buffer.Span, address.Size) != 0
            ? Marshal.GetLastPInvokeError()
            : 0;
        error = error == InProgress ? 0 : error;
        if (error == 0)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>Sends a message.</summary>
    /// <returns>What went wrong; 0 where nothing did.</returns>
    public int Send(ReadOnlySpan<byte> message) =>
        Libc.Send(Descriptor, message, (nuint)message.Length, NoSignal) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Receives what is there.</summary>
    /// <returns>The number of bytes, or the negated number of what went wrong.</returns>
    public int Receive(Span<byte> buffer) =>
        (int)Libc.Receive(Descriptor, buffer, (nuint)buffer.Length, 0) is var length and >= 0 ? length : -Marshal.GetLastPInvokeError();

    /// <summary>What went wrong since the socket was made; 0 where nothing did.</summary>
    public int TakeError()
    {
        var size = sizeof(int);
        return Libc.GetSocketOption(Descriptor, SocketLevel, ErrorOption, out var error, ref size) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }

    // The first field of every struct sockaddr.
    private static int AddressFamilyOf(SocketAddress address) => MemoryMarshal.Read<ushort>(address.Buffer.Span);
}
