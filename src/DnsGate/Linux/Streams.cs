using System.Text;

namespace DnsGate.Linux;

internal static class Streams
{
    public static StandardStream Out { get; } = new(1);

    /// <summary>The log and the errors.</summary>
    public static StandardStream Error { get; } = new(2);

    /// <summary>
    /// Puts /dev/null where 0, 1 or 2 is closed: the next socket would take that number, and the verdict would be sent to
    /// a DNS server. Closed again for CMD, as it was.
    /// </summary>
    public static void FillClosed()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Libc.Fcntl(descriptor, Libc.GetDescriptorFlags, 0) < 0)
            {
                // Without a /dev, any directory: writing to it fails, which is all that is asked of it.
                if (Libc.Open("/dev/null", Libc.ReadWrite | Libc.CloseOnExec) < 0)
                {
                    _ = Libc.Open("/", Libc.CloseOnExec);
                }
            }
        }
    }
}

/// <summary>
/// One of the standard streams, written with write(2) alone: the console of .NET starts a thread and takes a millisecond
/// of the few that a check has.
/// </summary>
/// <param name="descriptor">Its number.</param>
internal sealed class StandardStream(int descriptor)
{
    // PIPE_BUF: a pipe that has room takes so many bytes without waiting.
    private const int AtOnce = 4096;

    /// <summary>
    /// Writes the text. A reader that has gone away, a full disk, a closed stream never change the exit code: that is the verdict.
    /// </summary>
    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text), patience: null);

    /// <summary>Writes the text, unless a reader that has stopped reading keeps it waiting for longer.</summary>
    /// <returns>Whether there may still be a reader.</returns>
    public bool TryWrite(string text, TimeSpan patience) => Write(Encoding.UTF8.GetBytes(text), patience);

    private bool Write(ReadOnlySpan<byte> left, TimeSpan? patience)
    {
        while (!left.IsEmpty)
        {
            if (patience is { } limit && !HasRoom(limit))
            {
                return false;
            }

            var length = patience is null ? left.Length : Math.Min(left.Length, AtOnce);
            var written = Libc.Write(descriptor, left, (nuint)length);
            if (written >= 0)
            {
                left = left[(int)written..];
            }
            else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                return true;
            }
        }

        return true;
    }

    private bool HasRoom(TimeSpan patience)
    {
        var polled = new Libc.Polled { Descriptor = descriptor, Events = Libc.Writable };
        // What poll cannot tell, the write will.
        return Libc.Poll(ref polled, 1, (int)patience.TotalMilliseconds) != 0;
    }
}
