using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery;

/// <summary>
/// The DNS servers of resolv.conf(5). Resolvers read the file differently, and the application may use any of them: a server is asked
/// if glibc, musl or Go would ask it.
/// </summary>
internal static class ResolvConfFile
{
    /// <summary>Servers that each resolver asks at most (MAXNS).</summary>
    public const int MaxServersOfResolver = 3;

    private const string Keyword = "nameserver";

    // Lines that are reported, and how much of each: the file may be large.
    private const int MaxNotes = 10;
    private const int MaxValueLength = 60;

    private static readonly ImmutableArray<Resolver> Resolvers =
    [
        // glibc: resolv/res_init.c, res_vinit_1. The text ends at a NUL.
        new(Indent: "", Blanks: " \t\0", LongestLine: int.MaxValue, ReadsInetAton: true, ReadsAnyZone: true),
        // musl: network/resolvconf.c, isspace(3) and a buffer of 256 bytes; network/lookup_ipliteral.c.
        new(Indent: "", Blanks: " \t\r\v\f", LongestLine: 254, ReadsInetAton: true, ReadsAnyZone: false),
        // Go: net/dnsconfig_unix.go, dnsReadConfig and getFields.
        new(Indent: " \t\r", Blanks: " \t\r", LongestLine: int.MaxValue, ReadsInetAton: false, ReadsAnyZone: true),
    ];

    /// <summary>Reads the DNS servers, in order, without duplicates.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="interfaceExists">Whether the pod has the interface that stands behind the <c>%</c> of a link-local address.</param>
    /// <param name="notAsked">
    /// Each line that looks like one of a DNS server and is not asked, with its number and why; a long list is cut.
    /// </param>
    public static ImmutableArray<ServerAddress> Read(
        string text, Func<string, bool> interfaceExists, out ImmutableArray<string> notAsked)
    {
        var servers = ImmutableArray.CreateBuilder<ServerAddress>();
        var notes = ImmutableArray.CreateBuilder<string>();
        var places = new int[Resolvers.Length];
        var left = 0;
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (ReadLine(line, places, interfaceExists, out var problem) is { } server)
            {
                if (!servers.Contains(server))
                {
                    servers.Add(server);
                }
            }
            else if (problem is not null && ++left <= MaxNotes)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {index + 1} is not asked: {problem}"));
            }
        }

        if (left > MaxNotes)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"has {left - MaxNotes} more lines that are not asked"));
        }

        notAsked = notes.ToImmutable();
        return servers.ToImmutable();
    }

    /// <summary>The server that at least one resolver asks; null without one, or where the line is about something else.</summary>
    private static ServerAddress? ReadLine(string line, int[] places, Func<string, bool> interfaceExists, out string? problem)
    {
        problem = null;
        if (!line.AsSpan().TrimStart().TrimStart('\uFEFF').StartsWith(Keyword, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        ServerAddress? asked = null;
        var isRead = false;
        string? refused = null;
        foreach (var (index, resolver) in Resolvers.Index())
        {
            if (!resolver.TryReadValue(line, out var value))
            {
                continue;
            }

            if (!resolver.TryReadAddress(value, interfaceExists, out var address, out var zone))
            {
                refused = value;
                continue;
            }

            isRead = true;
            // A server named twice takes two places, and so does one that cannot be asked.
            if (++places[index] > MaxServersOfResolver)
            {
                problem ??= string.Create(CultureInfo.InvariantCulture, $"resolvers ask the first {MaxServersOfResolver} servers only");
            }
            else if (TryAsk(address, zone, interfaceExists, out var server, out var why))
            {
                asked = server;
            }
            else
            {
                problem = why;
            }
        }

        problem = asked is not null ? null : isRead ? problem : $"{WhyUnread(refused)}; glibc, musl and Go ignore this line";
        return asked;
    }

    /// <summary>What clients reach at an address that they read (Linux maps the unspecified address to loopback).</summary>
    private static bool TryAsk(
        IPAddress address, string? zone, Func<string, bool> interfaceExists, out ServerAddress? server, out string? problem)
    {
        server = null;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        address = address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : address;
        if (Addresses.IsUnspecifiedOrMulticast(address))
        {
            problem = $"{address} is not the address of one server";
            return false;
        }

        if (ServerAddress.TryCreate(address, zone, ServerAddress.DefaultPort, out server, out problem)
            && server.Zone is { } name && !interfaceExists(name))
        {
            (server, problem) = (null, $"this pod has no interface '{name}', which {address} is behind");
        }

        return server is not null;
    }

    private static string WhyUnread(string? value) => value switch
    {
        null => $"it does not begin with '{Keyword}' and a blank",
        "" => "it names no address",
        _ => $"'{Shorten(value)}' is not an IP address{(value.IndexOfAny(['#', ';']) > 0 ? "; a comment needs a blank before it" : "")}",
    };

    private static string Shorten(string value) => value.Length <= MaxValueLength ? value : $"{value[..MaxValueLength]}…";

    /// <summary>How one resolver reads the file.</summary>
    /// <param name="Indent">What may stand before the keyword.</param>
    /// <param name="Blanks">What ends a word.</param>
    /// <param name="LongestLine">A longer line is ignored.</param>
    /// <param name="ReadsInetAton">Whether it reads <c>10.1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c> (octal), as inet_aton(3) does.</param>
    /// <param name="ReadsAnyZone">
    /// Whether it reads an address with an interface that does not exist, or that belongs to no link-local address, for which it does
    /// not matter.
    /// </param>
    private sealed record Resolver(string Indent, string Blanks, int LongestLine, bool ReadsInetAton, bool ReadsAnyZone)
    {
        /// <summary>
        /// The word after the keyword, empty where there is none; false where the resolver does not take the line for a server's.
        /// </summary>
        public bool TryReadValue(string line, out string value)
        {
            value = "";
            var start = Skip(line, 0, Indent);
            if (line.Length > LongestLine || !line.AsSpan(start).StartsWith(Keyword, StringComparison.Ordinal))
            {
                return false;
            }

            var afterKeyword = start + Keyword.Length;
            var begin = Skip(line, afterKeyword, Blanks);
            var length = line.AsSpan(begin).IndexOfAny(Blanks);
            value = length < 0 ? line[begin..] : line.Substring(begin, length);
            return begin > afterKeyword || value.Length == 0;
        }

        public bool TryReadAddress(string value, Func<string, bool> interfaceExists, out IPAddress address, out string? zone)
        {
            (var text, zone) = ServerAddress.SplitZone(value);
            // .NET reads IPv4 as inet_aton(3) does.
            var isIPv6 = text.Contains(':', StringComparison.Ordinal);
            return IPAddress.TryParse(text.Contains('[', StringComparison.Ordinal) ? "" : text, out address!)
                && (address.AddressFamily == AddressFamily.InterNetworkV6) == isIPv6
                && (isIPv6
                    ? ReadsAnyZone
                    || zone is null
                    || IsNumber(zone)
                    || ((address.IsIPv6LinkLocal || address.IsIPv6Multicast) && interfaceExists(zone))
                    : zone is null && (ReadsInetAton || Addresses.TryParse(text, out _, out _)));
        }

        private static int Skip(string line, int start, string characters) =>
            line.AsSpan(start).IndexOfAnyExcept(characters) is var length and >= 0 ? start + length : line.Length;

        private static bool IsNumber(string zone) => zone.Length > 0 && zone.All(char.IsAsciiDigit);
    }
}
