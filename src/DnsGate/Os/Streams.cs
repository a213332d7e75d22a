using System.Text;

namespace DnsGate.Os;

/// <summary>stdout and stderr, without the machinery of <see cref="Console"/>: it costs milliseconds to build, and a check has few.</summary>
internal static class Streams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The results.</summary>
    public static TextWriter Out { get; } = Open(Console.OpenStandardOutput());

    /// <summary>The log and the errors.</summary>
    public static TextWriter Error { get; } = Open(Console.OpenStandardError());

    private static StreamWriter Open(Stream stream) => new(new TolerantStream(stream), Utf8, bufferSize: 1024) { AutoFlush = false, NewLine = "\n" };

    /// <summary>A reader that has gone away (a closed pipe, a full disk) never changes the exit code: that is the verdict.</summary>
    private sealed class TolerantStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Try(() => inner.Write(buffer, offset, count));

        public override void Flush() => Try(inner.Flush);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private static void Try(Action write)
        {
            try
            {
                write();
            }
            catch (IOException)
            {
            }
        }
    }
}
