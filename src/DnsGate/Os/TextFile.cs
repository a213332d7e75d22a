using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DnsGate.Os;

/// <summary>Small text files of the pod: resolv.conf, hosts.</summary>
internal static class TextFile
{
    /// <summary>Bytes that are read at most: these files have a few hundred; a device in their place has no end.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the whole file, or says why not.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        (text, problem) = (null, null);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                problem = $"'{path}' is larger than 1 MiB";
                return false;
            }

            text = Encoding.UTF8.GetString(bytes, 0, length);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            problem = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"'{path}' does not exist",
                UnauthorizedAccessException => $"'{path}' cannot be read: permission denied, or it is a directory",
                _ => $"'{path}' cannot be read",
            };
            return false;
        }
    }
}
