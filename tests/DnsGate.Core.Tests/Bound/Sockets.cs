using System.Collections.Immutable;
using System.Net;
using System.Text;
using DnsGate.Core.Bound;

namespace DnsGate.Core.Tests.Bound;

/// <summary>Tables as a Linux kernel printed them (6.18, amd64), sockets of them, and short ways to write both.</summary>
internal static class Sockets
{
    /// <summary>Listeners at 127.0.0.1:8080, 0.0.0.0:2181, 10.244.1.7:3888; connections that close, are there, wait.</summary>
    public const string Tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2871270 1 0000000061dd7eae 100 0 0 10 0                   
           1: 00000000:0885 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2871269 1 000000004283b2ad 100 0 0 10 0                   
           2: 0701F40A:0F30 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 2871268 2 00000000e58c5fa8 100 0 0 10 0                   
           3: 0701F40A:0F30 0701F40A:D0EA 08 00000000:00000001 00:00000000 00000000     0        0 0 1 000000003731ee75 20 4 0 10 -1                         
           4: 0902F40A:E998 0902F40A:0F30 01 00000000:00000000 00:00000000 00000000     0        0 2871277 2 00000000ca3ad6ca 20 0 0 10 -1                   
           5: 0701F40A:D0EA 0701F40A:0F30 05 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000040203428                                      

        """;

    /// <summary>Listeners at [fd00:10:244:1::7]:3888, [::1]:3888, [::ffff:10.244.2.9]:3888, [::]:9553; connections.</summary>
    public const string Tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 100000FD010044020000000007000000:0F30 00000000000000000000000000000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 2871272 2 00000000606c4c6d 100 0 0 10 0
           1: 00000000000000000000000001000000:0F30 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2871274 1 000000002f1f803e 100 0 0 10 0
           2: 0000000000000000FFFF00000902F40A:0F30 00000000000000000000000000000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 2871271 2 00000000ad2fa2b3 100 0 0 10 0
           3: 00000000000000000000000000000000:2551 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2871273 1 000000009564e1cf 100 0 0 10 0
           4: 100000FD010044020000000007000000:0F30 100000FD010044020000000007000000:A920 01 00000000:00000000 00:00000000 00000000     0        0 0 1 000000004ec844ff 20 0 0 10 -1
           5: 0000000000000000FFFF00000902F40A:0F30 0000000000000000FFFF00000902F40A:E998 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000035f555be 20 0 0 10 -1
           6: 100000FD010044020000000007000000:A920 100000FD010044020000000007000000:0F30 01 00000000:00000000 00:00000000 00000000     0        0 2871276 2 0000000092cbbbfe 20 0 0 10 -1

        """;

    public const int Port = 3888;

    /// <summary>Reads a whole text at once.</summary>
    public static SocketTable Read(string text, int port = Port) => Read(Encoding.Latin1.GetBytes(text), port);

    public static SocketTable Read(ReadOnlySpan<byte> text, int port = Port)
    {
        var table = new SocketTable(port);
        table.Read(text);
        return table;
    }

    /// <summary><c>10.244.1.7=638</c>: address and inode.</summary>
    public static string Show(IEnumerable<Listener> listeners) =>
        string.Join(' ', listeners.Select(listener => $"{listener.Address}={listener.Inode}"));

    /// <summary>The sockets of <c>10.244.1.7=1 ::=2</c>.</summary>
    public static ImmutableArray<Listener> Parse(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item.Split('='))
            .Select(parts => new Listener(IPAddress.Parse(parts[0]), Port, ulong.Parse(parts[1])))];

    /// <summary>A snapshot of these sockets; with <c>?</c> in front, one of the tables could not be read.</summary>
    public static SocketSnapshot SnapshotOf(string text) =>
        new(Parse(text.TrimStart('?')), text.StartsWith('?') ? "'/proc/net/tcp6' cannot be read: Permission denied" : null);
}
