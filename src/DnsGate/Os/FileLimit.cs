namespace DnsGate.Os;

/// <summary>How many sockets may be open at a time.</summary>
internal static class FileLimit
{
    private const int NoFile = 7; // RLIMIT_NOFILE

    /// <summary>Questions in flight: two sockets each at most, half of the soft limit in all, and never more than is of use.</summary>
    public static int QuestionsInFlight { get; } =
        Libc.GetResourceLimit(NoFile, out var limit) == 0 ? (int)Math.Clamp((ulong)limit.Soft / 4, 8, 512) : 64;
}
