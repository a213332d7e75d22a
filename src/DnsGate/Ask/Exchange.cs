using System.Buffers.Binary;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Linux;

namespace DnsGate.Ask;

/// <summary>
/// One question at one server, as a state machine on non-blocking sockets: UDP with one resend, then TCP where the reply was
/// truncated. Only the thread of <see cref="NameServerClient"/> uses it. All times are on the clock of its batch.
/// <code>
/// UDP   silent for half the time     sent once more from a new port; whichever reply comes first counts
/// UDP   FORMERR, NOTIMP with EDNS    sent once more without EDNS (RFC 6891 §7)
/// UDP   truncated                    asked over TCP (RFC 7766 §5)
/// UDP   not a reply to the query     ignored: duplicates and late replies are normal, and anybody can send garbage
/// TCP   not a reply to the query     an error: only the server writes into this connection
/// </code>
/// </summary>
/// <param name="server">The server to ask.</param>
/// <param name="query">What to ask; each datagram has an id of its own.</param>
internal sealed class Exchange(ServerAddress server, Query query) : IDisposable
{
    /// <summary>Sockets that it holds at most.</summary>
    public const int MaxSockets = 2;

    private const int LengthPrefix = 2;

    // UDP: that of the first datagram and that of the resend. TCP: the first only.
    private readonly ConnectedSocket?[] sockets = new ConnectedSocket?[MaxSockets];
    private readonly Query[] sent = new Query[MaxSockets];

    private Query query = query;
    private TimeSpan begunAt;
    private TimeSpan timesOutAt;
    private TimeSpan resendAt;
    private bool isCutShort;
    private Outcome? failure;

    private bool isConnecting;
    private byte[] tcpBuffer = [];
    private int tcpLength;

    /// <summary>What became of it; null until it has ended.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>From the first datagram to the outcome.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Datagrams that were sent for it; a TCP connection counts as one.</summary>
    public int Datagrams { get; private set; }

    /// <summary>Whether it was asked over TCP.</summary>
    public bool IsOverTcp { get; private set; }

    /// <summary>When <see cref="Advance"/> has something to do, if nothing is received before.</summary>
    public TimeSpan DueAt => resendAt < timesOutAt ? resendAt : timesOutAt;

    /// <summary>Sends the query, unless its time is over already.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">When it times out.</param>
    /// <param name="isCutShort">Whether that is the deadline of all questions, before the time of this one is over.</param>
    public void Begin(TimeSpan now, TimeSpan until, bool isCutShort)
    {
        (begunAt, timesOutAt, this.isCutShort) = (now, until, isCutShort);
        if (now < until)
        {
            SendFirst(now);
        }
        else
        {
            End(new Outcome.CutOff(), now);
        }
    }

    /// <summary>Does what is due: the resend, or the end of the time.</summary>
    /// <param name="now">The time.</param>
    public void Advance(TimeSpan now)
    {
        if (now >= timesOutAt)
        {
            End(
                IsOverTcp ? FailedOverTcp(isCutShort ? "cut off by --timeout" : "timed out")
                : failure is Outcome.Unreachable ? failure
                : isCutShort ? new Outcome.CutOff()
                : new Outcome.TimedOut(),
                now);
        }
        else if (now >= resendAt)
        {
            resendAt = TimeSpan.MaxValue;
            Send(1, now);
        }
    }

    /// <summary>What poll(2) waits for at one of the sockets; descriptor -1 where there is no socket.</summary>
    public (int Descriptor, bool ToWrite) Waits(int index) =>
        sockets[index] is { } socket ? (socket.Descriptor, isConnecting) : (-1, false);

    /// <summary>Takes what has happened at one of the sockets.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="buffer">Room for one datagram.</param>
    /// <param name="now">The time.</param>
    public void OnReady(int index, byte[] buffer, TimeSpan now)
    {
        if (sockets[index] is not { } socket)
        {
            return;
        }

        if (!IsOverTcp)
        {
            ReceiveDatagram(index, socket, buffer, now);
        }
        else if (isConnecting)
        {
            SendOverTcp(socket, now);
        }
        else
        {
            ReceiveOverTcp(socket, now);
        }
    }

    public void Dispose()
    {
        foreach (ref var socket in sockets.AsSpan())
        {
            socket?.Dispose();
            socket = null;
        }
    }

    private IPEndPoint Peer => Interfaces.EndPointOf(server);

    private void SendFirst(TimeSpan now)
    {
        resendAt = now + ((timesOutAt - begunAt) / 2);
        Send(0, now);
    }

    /// <summary>
    /// One datagram from a new, connected socket: a new source port (conntrack pins the old one to a backend that may be gone), and the
    /// kernel lets through only what comes from the server.
    /// </summary>
    private void Send(int index, TimeSpan now)
    {
        sent[index] = query with { Id = MessageId.Next() };
        Datagrams++;
        sockets[index] = ConnectedSocket.Connect(Peer, isStream: false, out var error);
        if (sockets[index] is { } socket)
        {
            Span<byte> message = stackalloc byte[QueryWriter.MaxLength];
            error = socket.Send(message[..QueryWriter.Write(sent[index], message)]);
        }

        if (error != 0)
        {
            Fail(index, error, now);
        }
    }

    private void ReceiveDatagram(int index, ConnectedSocket socket, byte[] buffer, TimeSpan now)
    {
        var length = socket.Receive(buffer);
        if (length < 0)
        {
            if (length != ConnectedSocket.WouldBlock)
            {
                Fail(index, -length, now);
            }
        }
        else if (ReplyReader.IsReplyTo(buffer.AsSpan(0, length), sent[index]))
        {
            // The kernel cuts what does not fit: such a reply is whole over TCP only.
            var outcome = length == buffer.Length ? null : ReplyReader.Read(buffer.AsSpan(0, length), sent[index]);
            if (outcome is null)
            {
                ConnectOverTcp(now);
            }
            else if (query.Edns
                && outcome is Outcome.Responded { Answer: Answer.ServerError { Code: ResponseCode.FormErr or ResponseCode.NotImp } })
            {
                // DO goes with the OPT record; CD keeps the question in a partition that applications do not read.
                Dispose();
                query = query with { Edns = false, DnssecOk = false, CheckingDisabled = query.CheckingDisabled || query.DnssecOk };
                SendFirst(now);
            }
            else
            {
                End(outcome, now);
            }
        }
    }

    /// <summary>A network error at one socket: where the other is left, its reply may still come.</summary>
    private void Fail(int index, int error, TimeSpan now)
    {
        var problem = SocketProblem.Describe(error);
        failure = !SocketProblem.IsLocal(error) ? new Outcome.Unreachable(problem) { IsRefused = error == SocketProblem.Refused }
            : failure ?? new Outcome.NotSent(problem);
        sockets[index]?.Dispose();
        sockets[index] = null;
        if (sockets is [null, null])
        {
            End(failure, now);
        }
    }

    private void ConnectOverTcp(TimeSpan now)
    {
        Dispose();
        (IsOverTcp, isConnecting, resendAt, sent[0]) = (true, true, TimeSpan.MaxValue, query with { Id = MessageId.Next() });
        Datagrams++;
        // poll(2) tells when the connection is there.
        sockets[0] = ConnectedSocket.Connect(Peer, isStream: true, out var error);
        if (error != 0)
        {
            End(FailedOverTcp(SocketProblem.Describe(error)), now);
        }
    }

    private void SendOverTcp(ConnectedSocket socket, TimeSpan now)
    {
        isConnecting = false;
        tcpBuffer = new byte[LengthPrefix];
        Span<byte> frame = stackalloc byte[LengthPrefix + QueryWriter.MaxLength];
        var length = QueryWriter.Write(sent[0], frame[LengthPrefix..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
        var error = socket.TakeError() is var problem and not 0 ? problem : socket.Send(frame[..(LengthPrefix + length)]);
        if (error != 0)
        {
            End(FailedOverTcp(SocketProblem.Describe(error)), now);
        }
    }

    private void ReceiveOverTcp(ConnectedSocket socket, TimeSpan now)
    {
        var received = socket.Receive(tcpBuffer.AsSpan(tcpLength));
        tcpLength += Math.Max(received, 0);
        if (received < 0)
        {
            if (received != ConnectedSocket.WouldBlock)
            {
                End(FailedOverTcp(SocketProblem.Describe(-received)), now);
            }
        }
        else if (received == 0)
        {
            End(FailedOverTcp("the connection was closed before the message was complete"), now);
        }
        else if (tcpLength == LengthPrefix && tcpBuffer.Length == LengthPrefix)
        {
            // At most 65,535 octets follow, whatever the server says.
            Array.Resize(ref tcpBuffer, LengthPrefix + BinaryPrimitives.ReadUInt16BigEndian(tcpBuffer));
        }

        if (Outcome is null && tcpLength == tcpBuffer.Length)
        {
            var message = tcpBuffer.AsSpan(LengthPrefix);
            End(
                ReplyReader.IsReplyTo(message, sent[0])
                    ? ReadOverTcp(message, sent[0])
                    : FailedOverTcp("the message is no reply to the question"),
                now);
        }
    }

    private static Outcome ReadOverTcp(ReadOnlySpan<byte> message, in Query query) => ReplyReader.Read(message, query) switch
    {
        null => FailedOverTcp("cut off again"),
        Outcome.Malformed broken => FailedOverTcp(broken.Problem),
        var outcome => outcome,
    };

    // The server has answered over UDP: whatever happens over TCP is not silence, and --require does not excuse it.
    private static Outcome.Malformed FailedOverTcp(string problem) => new($"cut off over UDP, and over TCP: {problem}");

    private void End(Outcome outcome, TimeSpan now)
    {
        (Outcome, RoundTrip) = (outcome, now - begunAt);
        Dispose();
    }
}
