using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Linux;

/// <summary>The few calls to the kernel that .NET has no method for. Linked statically into the native executable.</summary>
internal static unsafe partial class Libc
{
    public const int SigPipe = 13;
    public const int Enoent = 2;
    public const int Interrupted = 4; // EINTR
    public const int Enotdir = 20;
    public const int GetDescriptorFlags = 1; // F_GETFD
    public const nuint WindowSizeRequest = 0x5413; // TIOCGWINSZ
    public const int WriteOnly = 1; // O_WRONLY
    public const int ReadWrite = 2; // O_RDWR
    public const int Create = 0x40; // O_CREAT
    public const int Exclusive = 0x80; // O_EXCL
    public const short Readable = 1; // POLLIN
    public const short Writable = 4; // POLLOUT
    public const int NonBlocking = 0x800; // O_NONBLOCK
    public const int CloseOnExec = 0x80000; // O_CLOEXEC
    public const int TooManyLinks = 40; // ELOOP
    public const int WorkingDirectory = -100; // AT_FDCWD
    public const int InterfaceNameSize = 16; // IFNAMSIZ
    public const int LinkItself = 0x100; // AT_SYMLINK_NOFOLLOW
    public const int DescriptorItself = 0x1000; // AT_EMPTY_PATH
    public const uint BasicStatus = 0x7ff; // STATX_BASIC_STATS
    public static readonly nint DefaultAction;

    /// <summary>O_NOFOLLOW: its number depends on the processor.</summary>
    public static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    private const string Name = "libc";

    /// <summary>execvp(3): the environment of this process, and PATH where the file has no slash. Returns only on failure.</summary>
    [LibraryImport(Name, EntryPoint = "execvp", SetLastError = true)]
    public static partial int Execvp(byte* file, byte** arguments);

    [LibraryImport(Name, EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int signal, nint action);

    [LibraryImport(Name, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    /// <summary>getrandom(2): the kernel's cryptographic source.</summary>
    [LibraryImport(Name, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(Span<byte> buffer, nuint length, uint flags);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, int command, int argument);

    /// <summary>open(2), never to create.</summary>
    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>open(2), to create.</summary>
    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Name, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport(Name, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();

    /// <summary>statx(2): the one call for the status of a file whose structure is the same on every processor.</summary>
    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetStatus(int directory, string path, int flags, uint mask, out FileStatus status);

    /// <summary>isatty(3): 1 for a terminal.</summary>
    [LibraryImport(Name, EntryPoint = "isatty", SetLastError = true)]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int GetWindowSize(int descriptor, nuint request, out WindowSize size);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint length);

    /// <summary>poll(2), of an array that begins at the descriptor.</summary>
    [LibraryImport(Name, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref Polled descriptor, nuint count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, ReadOnlySpan<byte> address, int length);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, ReadOnlySpan<byte> message, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, Span<byte> buffer, nuint length, int flags);

    /// <summary>getsockopt(2), of an option that is an int.</summary>
    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int descriptor, int level, int option, out int value, ref int size);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle descriptor, Span<byte> buffer, nuint length);

    /// <summary>
    /// getenv(3): null when there is no such variable. .NET keeps a copy of the environment; this is what C libraries see.
    /// </summary>
    [LibraryImport(Name, EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* GetVariable(string name);

    [LibraryImport(Name, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVariable(string name, string value, int overwrite);

    /// <summary>setenv(3), of octets that end with a zero.</summary>
    [LibraryImport(Name, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVariable(string name, byte* value, int overwrite);

    [LibraryImport(Name, EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnsetVariable(string name);

    [LibraryImport(Name, EntryPoint = "getifaddrs", SetLastError = true)]
    public static partial int GetInterfaceAddresses(out InterfaceAddress* first);

    [LibraryImport(Name, EntryPoint = "freeifaddrs")]
    public static partial void FreeInterfaceAddresses(InterfaceAddress* first);

    /// <summary>if_nametoindex(3): 0 where there is no such interface.</summary>
    [LibraryImport(Name, EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint GetInterfaceIndex(string name);

    /// <summary>if_indextoname(3): 0 where there is no such interface.</summary>
    [LibraryImport(Name, EntryPoint = "if_indextoname")]
    public static partial nint GetInterfaceName(uint index, byte* name);

    [StructLayout(LayoutKind.Sequential)]
    public struct Polled
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    /// <summary>struct statx, as far as it is read here.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong Size;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }

    /// <summary>struct ifaddrs, as far as it is read here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InterfaceAddress
    {
        public InterfaceAddress* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
    }
}
