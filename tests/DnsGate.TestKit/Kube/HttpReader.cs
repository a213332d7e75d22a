using System.Text;

namespace DnsGate.TestKit;

/// <summary>Reads requests from a connection, and notices while one is answered that the client has gone.</summary>
internal sealed class HttpReader(Stream stream)
{
    private readonly byte[] _incoming = new byte[16 * 1024];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;
    private Task<int>? _read;

    /// <summary>The next request's head, its body skipped; null when there is none, because the client closed or does not speak HTTP/1.1.</summary>
    public async Task<HttpHead?> ReadHeadAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync())
                return null;
        }
        HttpHead? head = HttpHead.Parse(Encoding.Latin1.GetString(_buffer, 0, end));
        Drop(end + 4);
        for (int left = head?.BodyLength ?? 0; left > 0;)
        {
            if (_length == 0 && !await FillAsync())
                return null;
            int part = Math.Min(left, _length);
            Drop(part);
            left -= part;
        }
        return head;
    }

    /// <summary>Starts to read on, and completes when something came: false when that is the connection's end.</summary>
    public async Task<bool> PeekAsync() => await StartReading() > 0;

    private async Task<bool> FillAsync()
    {
        int length = await StartReading();
        _read = null;
        if (length > _buffer.Length - _length)
            return false; // a head that is too long
        _incoming.AsSpan(0, length).CopyTo(_buffer.AsSpan(_length));
        _length += length;
        return length > 0;
    }

    // At most one read is under way: the one that a peek started is the one that the next request comes from.
    private Task<int> StartReading() => _read ??= stream.ReadAsync(_incoming).AsTask();

    private void Drop(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }
}
