using System.Text;

namespace DnsGate.Linux;

/// <summary>The file whose text the kubelet shows as the reason why a container ended (Kubernetes API, terminationMessagePath).</summary>
internal static class TerminationLog
{
    /// <summary>Bytes that the kubelet reads.</summary>
    public const int MaxBytes = 4096;

    private const string Path = "/dev/termination-log";

    /// <summary>
    /// Writes the text, cut at whole lines where possible; does nothing where there is no such file.
    /// Never fails: the exit code is the message.
    /// </summary>
    public static void Write(string text)
    {
        try
        {
            // The kubelet makes the file; it is never created here, where it would end up in the image's /dev.
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
            file.Write(Cut(Encoding.UTF8.GetBytes(text)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= MaxBytes)
        {
            return bytes;
        }

        var line = bytes[..MaxBytes].LastIndexOf((byte)'\n');
        return bytes[..(line > 0 ? line + 1 : MaxBytes)];
    }
}
