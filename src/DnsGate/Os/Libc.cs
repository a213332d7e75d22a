using System.Runtime.InteropServices;

namespace DnsGate.Os;

/// <summary>The few calls to the kernel that .NET has no method for. Linked statically into the native executable.</summary>
internal static partial class Libc
{
    public const int SigPipe = 13;
    public const int Enoent = 2;
    public const int Enotdir = 20;
    public static readonly nint DefaultAction = 0;

    private const string Name = "libc";

    /// <summary>execvp(3): the environment of this process, and PATH where the file has no slash. Returns only on failure.</summary>
    [LibraryImport(Name, EntryPoint = "execvp", SetLastError = true)]
    public static unsafe partial int Execvp(byte* file, byte** arguments);

    /// <summary>signal(2).</summary>
    [LibraryImport(Name, EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int signal, nint action);

    /// <summary>getrlimit(2).</summary>
    [LibraryImport(Name, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    /// <summary>getrandom(2): the kernel's cryptographic source.</summary>
    [LibraryImport(Name, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(Span<byte> buffer, nuint length, uint flags);

    /// <summary>struct rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
