using System.Runtime.InteropServices;
using DnsGate.Linux;

namespace DnsGate.Ask;

/// <summary>Ids of query messages.</summary>
internal static class MessageId
{
    /// <summary>
    /// An id that an off-path attacker has to guess, together with the source port (RFC 5452 §4.3, §9.2). From the
    /// kernel itself: .NET's generator lives in OpenSSL, which takes milliseconds to start: much of a whole check.
    /// </summary>
    public static ushort Next()
    {
        Span<byte> id = stackalloc byte[sizeof(ushort)];
        return Libc.GetRandom(id, (nuint)id.Length, 0) == id.Length
            ? MemoryMarshal.Read<ushort>(id)
            : throw new NotSupportedException(
                "getrandom(2) is not allowed here, so message ids could be guessed. Allow it in the container's seccomp profile.");
    }
}
