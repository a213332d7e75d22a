namespace DnsGate.Linux;

/// <summary>How many sockets may be open at a time.</summary>
internal static class FileLimit
{
    private const int NoFile = 7; // RLIMIT_NOFILE

    // Standard streams, the runtime's own, and some air.
    private const int Reserve = 16;

    private static readonly long Soft = Libc.GetResourceLimit(NoFile, out var limit) == 0 ? (long)Math.Min(limit.Soft, 65536) : 256;

    /// <summary>Questions in flight: two sockets each at most, within the soft limit, and never more than is of use.</summary>
    public static int QuestionsInFlight { get; } = (int)Math.Clamp((Soft - Reserve) / 3, 1, 512);

    /// <summary>Connections to the sidecar: at most the third that the questions leave.</summary>
    public static int Connections { get; } = (int)Math.Clamp((Soft - Reserve) / 3, 4, 128);
}
