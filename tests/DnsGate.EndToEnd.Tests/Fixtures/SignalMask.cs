using System.Globalization;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>The signal masks of /proc/PID/status.</summary>
internal static class SignalMask
{
    /// <summary>
    /// Signals 1 to 31 of one mask. 32 and 33 are the C library's own: GNU make starts its commands with both ignored, and
    /// what is ignored is handed down.
    /// </summary>
    public static uint Read(string status, string mask)
    {
        string line = status.Split('\n').Single(line => line.StartsWith(mask + ":", StringComparison.Ordinal));
        return (uint)(ulong.Parse(line.Split('\t')[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 0x7fffffff);
    }
}
