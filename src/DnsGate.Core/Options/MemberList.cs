using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>
/// The members of an ensemble as applications write them: ZooKeeper's configuration, and lists in environment variables. Only the host
/// names are read. Ids, ports, roles and addresses are left out: an address needs no DNS.
/// </summary>
internal static class MemberList
{
    // RFC 1035 §2.3.4: a name has at most 255 octets.
    private const int MaxName = 253;

    private static readonly char[] Blanks = [' ', '\t', '\n', '\r', '\f'];

    /// <summary>Whether a text can be the name of a host: labels of letters, digits, '-' and '_', with or without the last dot.</summary>
    public static bool IsHostName(string text)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        return name.Length is > 0 and <= MaxName
            && !Addresses.TryParse(name, out _, out _)
            && name.Split('.').All(label => label.Length is > 0 and <= 63
                && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'));
    }

    /// <summary>Reads a ZooKeeper configuration: a file of Java properties with lines <c>server.N=…</c>.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="hosts">The host names, in the order of the file, each once.</param>
    /// <param name="dynamicConfigFile">The file that has the members in place of this one; null when it names none.</param>
    /// <param name="problem">The first line that cannot be read, with its number.</param>
    public static bool TryReadZooConfig(
        string text, out ImmutableArray<string> hosts, out string? dynamicConfigFile, [NotNullWhen(false)] out string? problem)
    {
        (hosts, dynamicConfigFile, problem) = ([], null, null);
        // ZooKeeper loads properties into a map: of two lines with one key the last counts.
        var members = new SortedDictionary<long, (int Line, ImmutableArray<string> Hosts)>();
        foreach (var (line, key, value) in JavaProperties(text))
        {
            if (key == "dynamicConfigFile")
            {
                dynamicConfigFile = value;
            }
            else if (key.StartsWith("server.", StringComparison.Ordinal))
            {
                var id = key["server.".Length..];
                if (!long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                {
                    problem = string.Create(
                        CultureInfo.InvariantCulture, $"line {line}: '{Printable.Escape(key)}' has no number as its id");
                    return false;
                }

                if (!TryReadServer(value, out var named))
                {
                    problem = string.Create(
                        CultureInfo.InvariantCulture,
                        $"line {line}: '{Printable.Escape(value)}' is not HOST:PORT:PORT[:ROLE][;[ADDR:]PORT], with '|' between several");
                    return false;
                }

                members[number] = (line, named);
            }
        }

        hosts = [.. members.Values
            .OrderBy(member => member.Line)
            .SelectMany(member => member.Hosts)
            .Distinct(StringComparer.OrdinalIgnoreCase)];
        return true;
    }

    /// <summary>
    /// Reads a list as it stands in a variable: <c>server.1=zk-0.zk:2888:3888;2181 server.2=…</c> (ZOO_SERVERS),
    /// <c>1@kafka-0.kafka:9093,2@…</c> (controller.quorum.voters), or <c>host[:port],…</c>. Commas and blanks separate the members.
    /// </summary>
    public static bool TryReadList(string text, out ImmutableArray<string> hosts, [NotNullWhen(false)] out string? problem)
    {
        (hosts, problem) = ([], null);
        var named = ImmutableArray.CreateBuilder<string>();
        foreach (var item in text.Split([',', .. Blanks], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryReadServer(WithoutId(item), out var members, hasPort: false))
            {
                problem = $"'{Printable.Escape(item)}' is not HOST[:PORT], ID@HOST:PORT or server.N=HOST:PORT:PORT";
                return false;
            }

            named.AddRange(members);
        }

        hosts = [.. named.Distinct(StringComparer.OrdinalIgnoreCase)];
        return true;
    }

    /// <summary>The item without <c>server.N=</c> or <c>ID@</c>.</summary>
    private static string WithoutId(string item)
    {
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && item.StartsWith("server.", StringComparison.Ordinal))
        {
            return item[(equals + 1)..];
        }

        var at = item.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && item[..at].All(char.IsAsciiDigit) ? item[(at + 1)..] : item;
    }

    /// <summary>
    /// Reads the value of <c>server.N</c> (ZooKeeper's QuorumPeer.QuorumServer): addresses separated by '|', each
    /// <c>host:quorumPort:electionPort</c>, the last perhaps with a role; then perhaps ';' and the address for clients.
    /// </summary>
    private static bool TryReadServer(string value, out ImmutableArray<string> hosts, bool hasPort = true)
    {
        hosts = [];
        var named = ImmutableArray.CreateBuilder<string>();
        foreach (var address in value.Split(';')[0].Split('|'))
        {
            if (!TrySplitHost(address.Trim(Blanks), out var host, out var ports)
                || (hasPort && ports.Length < 2)
                || !ports.All(IsPortOrRole))
            {
                return false;
            }

            if (Addresses.TryParse(host, out _, out _))
            {
                continue;
            }

            if (!IsHostName(host))
            {
                return false;
            }

            named.Add(host);
        }

        hosts = named.ToImmutable();
        return true;
    }

    private static bool TrySplitHost(string address, out string host, out ImmutableArray<string> ports)
    {
        (host, ports) = ("", []);
        if (address.StartsWith('['))
        {
            var end = address.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < address.Length && address[end + 1] != ':'))
            {
                return false;
            }

            (host, ports) = (address[1..end], [.. address[(end + 1)..].Split(':').Skip(1)]);
            return Addresses.TryParse(host, out _, out _);
        }

        var parts = address.Split(':');
        (host, ports) = (parts[0], [.. parts[1..]]);
        return host.Length > 0;
    }

    private static bool IsPortOrRole(string text) =>
        (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
        || text.Equals("participant", StringComparison.OrdinalIgnoreCase)
        || text.Equals("observer", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The keys and values of a file of Java properties (java.util.Properties.load): '#' and '!' begin comments, '=', ':' or a blank ends a
    /// key, a backslash at the end joins lines, and one before a character escapes it.
    /// </summary>
    private static IEnumerable<(int Line, string Key, string Value)> JavaProperties(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        for (var index = 0; index < lines.Length; index++)
        {
            var first = index + 1;
            var line = lines[index].TrimStart(' ', '\t', '\f');
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            while (EndsInBackslash(line) && index + 1 < lines.Length)
            {
                line = line[..^1] + lines[++index].TrimStart(' ', '\t', '\f');
            }

            var end = 0;
            while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
            {
                end += line[end] == '\\' ? 2 : 1;
            }

            end = Math.Min(end, line.Length);
            var rest = line[end..].TrimStart(' ', '\t', '\f');
            if (rest.StartsWith('=') || rest.StartsWith(':'))
            {
                rest = rest[1..].TrimStart(' ', '\t', '\f');
            }

            yield return (first, Unescape(line[..end]), Unescape(rest).TrimEnd(Blanks));
        }
    }

    private static bool EndsInBackslash(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    // \uXXXX is left as it is: no host name needs it.
    private static string Unescape(string text)
    {
        var plain = new System.Text.StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            index += text[index] == '\\' && index + 1 < text.Length && text[index + 1] != 'u' ? 1 : 0;
            plain.Append(text[index]);
        }

        return plain.ToString();
    }
}
