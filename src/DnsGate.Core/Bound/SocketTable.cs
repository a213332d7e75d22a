using System.Collections.Immutable;

namespace DnsGate.Core.Bound;

/// <summary>
/// Reads /proc/net/tcp or /proc/net/tcp6, piece by piece as the kernel hands it out, and keeps the sockets that listen on
/// one port. The table of a busy pod has megabytes: memory is bounded whatever the text is, and no text throws.
/// </summary>
/// <param name="port">The port that is asked about.</param>
internal sealed class SocketTable(int port)
{
    /// <summary>Octets of a line that are looked at. The kernel's lines have about 150, or 180 of IPv6.</summary>
    public const int MaxLineLength = 512;

    /// <summary>Sockets on one port that are kept: servers share a port (SO_REUSEPORT) among their threads, hardly among more.</summary>
    public const int MaxListeners = 1024;

    private readonly byte[] line = new byte[MaxLineLength];
    private readonly ImmutableArray<Listener>.Builder listeners = ImmutableArray.CreateBuilder<Listener>();
    private int length;
    private bool isTooLong;

    /// <summary>
    /// Whether this is such a table at all, which begins with the names of its columns. An empty file in its place (masked
    /// with /dev/null, say) does not mean that nothing listens.
    /// </summary>
    public bool IsTable { get; private set; }

    /// <summary>The sockets that listen on the port, in the order of the table.</summary>
    public ImmutableArray<Listener> Listeners => listeners.ToImmutable();

    /// <summary>Reads on. A last line without its end is no line: half an inode is another one.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        for (var end = piece.IndexOf((byte)'\n'); end >= 0; end = piece.IndexOf((byte)'\n'))
        {
            Append(piece[..end]);
            EndLine();
            piece = piece[(end + 1)..];
        }

        Append(piece);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        isTooLong |= part.Length > MaxLineLength - length;
        if (!isTooLong)
        {
            part.CopyTo(line.AsSpan(length));
            length += part.Length;
        }
    }

    private void EndLine()
    {
        ReadOnlySpan<byte> text = isTooLong ? [] : line.AsSpan(0, length);
        (length, isTooLong) = (0, false);
        if (!IsTable)
        {
            IsTable = text.IndexOf("local_address"u8) >= 0;
        }
        else if (listeners.Count < MaxListeners && SocketLine.TryRead(text, out var listener) && listener.Port == port)
        {
            listeners.Add(listener);
        }
    }
}
