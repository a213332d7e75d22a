using System.Text;

namespace DnsGate.Linux;

/// <summary>
/// The arguments as the kernel has them. An argument is bytes, not text: a path in Latin-1 must reach the application as
/// it was given, and does not survive the way through a .NET string.
/// </summary>
internal static class RawArguments
{
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The arguments behind the first "--".</summary>
    /// <param name="decoded">The same ones as text: used where /proc is not mounted.</param>
    public static byte[][] AfterDashes(IReadOnlyList<string> decoded)
    {
        try
        {
            var all = Split(File.ReadAllBytes(CommandLine));
            var raw = all.SkipWhile(argument => !argument.AsSpan().SequenceEqual("--"u8)).Skip(1).ToArray();
            if (raw.Length == decoded.Count)
            {
                return raw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        return [.. decoded.Select(Encoding.UTF8.GetBytes)];
    }

    // Each argument is ended by a zero octet, the last one too.
    private static IEnumerable<byte[]> Split(byte[] commandLine)
    {
        for (var start = 0; start < commandLine.Length;)
        {
            var end = Array.IndexOf(commandLine, (byte)0, start) is var found && found < 0 ? commandLine.Length : found;
            yield return commandLine[start..end];
            start = end + 1;
        }
    }
}
