using System.Runtime.InteropServices;
using System.Security;

namespace DnsGate.Linux;

/// <summary>Copies this executable into a directory, atomically: a reader sees no file, the old one or the whole new one.</summary>
internal static class Installer
{
    /// <summary>The name that the copy gets.</summary>
    public const string FileName = "dnsgate";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Copies; false with a problem for people when that failed. Nothing is left behind then.</summary>
    public static bool TryInstall(string directory, out string target, out string? problem)
    {
        target = Path.Combine(directory, FileName);
        problem = null;
        if (!Directory.Exists(directory))
        {
            problem = File.Exists(directory) ? $"'{directory}' is not a directory" : $"directory '{directory}' does not exist";
            return false;
        }

        var temporary = Path.Combine(directory, $".{FileName}.{Guid.NewGuid():N}.tmp");
        try
        {
            RemoveLeftovers(directory);
            Copy("/proc/self/exe", temporary);
            File.Move(temporary, target, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SecurityException or ArgumentException)
        {
            problem = $"cannot install '{target}': {Describe(exception)}";
            TryDelete(temporary);
            return false;
        }
    }

    /// <summary>
    /// A kill in the middle leaves a temporary file behind. One that is younger may be another container's, at work right now.
    /// </summary>
    private static void RemoveLeftovers(string directory)
    {
        foreach (var leftover in new DirectoryInfo(directory).EnumerateFiles($".{FileName}.*.tmp"))
        {
            if (DateTime.UtcNow - leftover.LastWriteTimeUtc > TimeSpan.FromMinutes(1))
            {
                TryDelete(leftover.FullName);
            }
        }
    }

    private static void Copy(string source, string temporary)
    {
        using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var to = new FileStream(
            temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
        from.CopyTo(to);
        // umask may have taken bits away.
        File.SetUnixFileMode(to.SafeFileHandle, Mode);
        to.Flush(flushToDisk: true);
    }

    private static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException or SecurityException => "permission denied, or a directory is in its place",
        FileNotFoundException or DirectoryNotFoundException => "the directory, or this executable in /proc, is gone",
        // .NET's word for EFBIG.
        ArgumentException => "the limit of file sizes is too low for it",
        // Of an IOException the low bits are errno.
        _ => Marshal.GetPInvokeErrorMessage(exception.HResult & 0xffff),
    };

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
