using System.Collections.Immutable;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery;

/// <summary>The part of resolv.conf(5) that the gate needs: the servers that the application's resolver asks.</summary>
internal static class ResolvConfFile
{
    /// <summary>Servers that glibc, musl and Go read at most (MAXNS); the kubelet writes no more either.</summary>
    public const int MaxServers = 3;

    /// <summary>Reads the name servers, in order, without duplicates; lines that cannot be used are passed over, as resolvers do.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="unusable">The values of the lines that were passed over.</param>
    public static ImmutableArray<ServerAddress> Read(string text, out ImmutableArray<string> unusable)
    {
        var passedOver = ImmutableArray.CreateBuilder<string>();
        var servers = ImmutableArray.CreateBuilder<ServerAddress>(MaxServers);
        var lines = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            const string Keyword = "nameserver";
            if (lines < MaxServers
                && line.StartsWith(Keyword, StringComparison.Ordinal)
                && line.Length > Keyword.Length && line[Keyword.Length] is ' ' or '\t')
            {
                var value = line[Keyword.Length..].Trim();
                var end = value.IndexOfAny(" \t#;");
                var named = (end < 0 ? value : value[..end]).ToString();
                if (!Addresses.TryParse(named, out var address, out _) || Addresses.IsUnspecifiedOrMulticast(address))
                {
                    passedOver.Add(named);
                }
                else
                {
                    // A server named twice takes two of the three places, in glibc too.
                    lines++;
                    var server = new ServerAddress(address);
                    if (!servers.Contains(server))
                    {
                        servers.Add(server);
                    }
                }
            }
        }

        unusable = passedOver.ToImmutable();
        return servers.ToImmutable();
    }
}
