using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Linux;

/// <summary>
/// A small file that a process leaves for its successor. It counts only as it was written: a regular file of this user with mode 0600.
/// Whatever else is in its place is neither followed, waited for nor replaced.
/// </summary>
internal static class StateFile
{
    private const int TypeMask = 0xf000; // S_IFMT
    private const int RegularFile = 0x8000; // S_IFREG
    private const int Directory = 0x4000; // S_IFDIR
    private const int SymbolicLink = 0xa000; // S_IFLNK
    private const int Mode = 0x180; // 0600

    /// <summary>Reads the file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="maxBytes">Its largest size.</param>
    /// <returns>Its text, or why it does not count, for people; neither where nothing is there.</returns>
    public static (string? Text, string? Problem) Read(string path, int maxBytes)
    {
        // Non-blocking: otherwise opening a pipe without a writer would never return.
        var descriptor = Libc.Open(path, Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                Libc.Enoent => (null, null),
                Libc.TooManyLinks => (null, "it is a symbolic link"),
                var error => (null, $"it cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}"),
            };
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Libc.GetStatus(descriptor, "", Libc.DescriptorItself, Libc.BasicStatus, out var status) != 0)
        {
            return (null, $"its status cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        if (ForeignBecause(status) is { } problem)
        {
            return (null, problem);
        }

        if ((status.Mode & ~TypeMask) != Mode)
        {
            return (null, $"its mode is {Convert.ToString(status.Mode & ~TypeMask, 8)}, not 600");
        }

        // The size may change, what is read cannot exceed the limit.
        var bytes = new byte[maxBytes + 1];
        var length = Libc.Read(file, bytes, (nuint)bytes.Length);
        return length < 0 ? (null, $"it cannot be read: {Marshal.GetLastPInvokeErrorMessage()}")
            : length > maxBytes ? (null, $"it is larger than {maxBytes} bytes")
            : (Encoding.UTF8.GetString(bytes, 0, (int)length), null);
    }

    /// <summary>
    /// Writes the file: a reader sees the old one or the whole new one. A process that is killed just then leaves a second file.
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="text">What.</param>
    /// <returns>Why that failed, for people; null when it did not.</returns>
    public static string? Write(string path, string text)
    {
        if (Libc.GetStatus(Libc.WorkingDirectory, path, Libc.LinkItself, Libc.BasicStatus, out var status) == 0
            && ForeignBecause(status) is { } problem)
        {
            return problem;
        }

        var temporary = $"{path}.{Random.Shared.Next():x8}.new";
        var descriptor = Libc.Open(temporary, Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec, Mode);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeErrorMessage();
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var written = Libc.Write(descriptor, bytes, (nuint)bytes.Length);
        problem = written < 0 ? Marshal.GetLastPInvokeErrorMessage() : written < bytes.Length ? "no space is left" : null;
        _ = Libc.Close(descriptor);
        if (problem is null && Libc.Rename(temporary, path) != 0)
        {
            problem = Marshal.GetLastPInvokeErrorMessage();
        }

        if (problem is not null)
        {
            _ = Libc.Unlink(temporary);
        }

        return problem;
    }

    /// <summary>Why this is no file that a process of this user wrote; null when it may be one.</summary>
    private static string? ForeignBecause(Libc.FileStatus status) => (status.Mode & TypeMask) switch
    {
        RegularFile when status.User == Libc.GetEffectiveUser() => null,
        RegularFile => $"it belongs to user {status.User}, and this process is user {Libc.GetEffectiveUser()}",
        Directory => "it is a directory",
        SymbolicLink => "it is a symbolic link",
        _ => "it is not a regular file",
    };
}
