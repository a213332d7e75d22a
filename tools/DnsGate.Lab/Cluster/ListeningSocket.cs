using System.Globalization;
using System.Net;

namespace DnsGate.Lab.Cluster;

/// <summary>
/// One listening socket of /proc/PID/net/tcp or tcp6. Read here on its own, not with the code of <c>dnsgate bound</c>: what
/// is proved must not be the measure of the proof.
/// </summary>
internal readonly record struct ListeningSocket(string Address, int Port)
{
    private const string Listen = "0A";

    public bool IsWildcard => Address is "0.0.0.0" or "::";

    /// <summary>All in the network of a process.</summary>
    public static IEnumerable<ListeningSocket> All(int processId) =>
        new[] { "tcp", "tcp6" }.SelectMany(table => Read(File.ReadLines($"/proc/{processId}/net/{table}")));

    /// <summary>All of a table, whose first line is its head.</summary>
    public static IEnumerable<ListeningSocket> Read(IEnumerable<string> table) =>
        table.Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(field => field[3] == Listen)
            .Select(field => Read(field[1]));

    // Words of 32 bits, each in the order of this machine; the port in network order.
    private static ListeningSocket Read(string field)
    {
        var parts = field.Split(':');
        byte[] octets = [.. Enumerable.Range(0, parts[0].Length / 8)
            .SelectMany(word => Convert.FromHexString(parts[0].AsSpan(word * 8, 8)).Reverse())];
        IPAddress address = new(octets);
        return new ListeningSocket((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(),
            int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
