using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Linux;

/// <summary>Small text files of the pod: resolv.conf, hosts.</summary>
internal static class TextFile
{
    /// <summary>Bytes that are read at most: these files have a few hundred; a device in their place has no end.</summary>
    private const int MaxBytes = 1 << 20;

    private const int MinBuffer = 4096;

    /// <summary>Whether there is no such file: one that may not be read is not missing.</summary>
    public static bool IsMissing(string path)
    {
        var descriptor = Libc.Open(path, Libc.NonBlocking | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is Libc.Enoent or Libc.Enotdir;
        }

        _ = Libc.Close(descriptor);
        return false;
    }

    /// <summary>Reads the whole file, or says why not.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        (text, problem) = (null, null);
        // Non-blocking: otherwise opening a pipe without a writer would never return.
        var descriptor = Libc.Open(path, Libc.NonBlocking | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            problem = error is Libc.Enoent or Libc.Enotdir
                ? $"'{path}' does not exist"
                : $"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}";
            return false;
        }

        try
        {
            using var file = new SafeFileHandle(descriptor, ownsHandle: true);
            // Files of /proc say that they are empty.
            var bytes = new byte[Math.Clamp(RandomAccess.GetLength(file) + 1, MinBuffer, MaxBytes + 1)];
            var length = 0;
            while (RandomAccess.Read(file, bytes.AsSpan(length), length) is > 0 and var read)
            {
                length += read;
                if (length > MaxBytes)
                {
                    problem = $"'{path}' is larger than 1 MiB, or a device";
                    return false;
                }

                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(2 * length, MaxBytes + 1));
                }
            }

            text = Encoding.UTF8.GetString(bytes, 0, length);
            return true;
        }
        catch (NotSupportedException)
        {
            // A pipe or a socket has no length.
            problem = $"'{path}' is not a file";
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"'{path}' cannot be read: it is a directory, or damaged";
            return false;
        }
    }
}
