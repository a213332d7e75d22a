using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery;

/// <summary>Reads a small file, or says why it cannot be read.</summary>
internal delegate bool FileReader(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem);

/// <summary>From the sources of <c>--peers</c> to the members with the names to ask for.</summary>
/// <param name="own">The pod's name.</param>
/// <param name="search">How relative names are completed.</param>
/// <param name="readFile">Reads a file.</param>
/// <param name="environment">Looks up an environment variable; null when it is not set.</param>
internal sealed class PeerFinder(DnsName own, SearchList search, FileReader readFile, Func<string, string?> environment)
{
    /// <summary>The members, in the order of the sources, each once; and every problem.</summary>
    public (ImmutableArray<Peer> Peers, ImmutableArray<string> Problems) Find(IEnumerable<PeerSource> sources)
    {
        var (peers, problems) = (new List<Peer>(), new List<string>());
        foreach (var source in sources)
        {
            if (!TryRead(source, out var names, out var problem))
            {
                problems.Add($"'{Printable.Escape(source.ToString())}': {problem}");
                continue;
            }

            foreach (var name in names)
            {
                var candidates = search.Candidates(name);
                if (candidates.IsEmpty)
                {
                    problems.Add($"'{Printable.Escape(source.ToString())}': '{name}' is too long for a name");
                }
                else if (!peers.Any(peer => peer.Candidates[0].Equals(candidates[0])))
                {
                    peers.Add(new Peer(name.TrimEnd('.'), candidates, candidates.Contains(own)));
                }
            }
        }

        return ([.. peers], [.. problems]);
    }

    /// <summary>The other names of this pod (<c>--also</c>), with the addresses that they must contain.</summary>
    public static ImmutableArray<Peer> OtherNames(GateOptions options, Identity identity, SearchList search) =>
        [.. options.Also.Select(name => new Peer(name.TrimEnd('.'), search.Candidates(name), IsSelf: false)
        {
            Contains =
            [
                .. identity.Addresses.Where(address => options.Families switch
                {
                    FamilyPolicy.IPv4 => address.AddressFamily == AddressFamily.InterNetwork,
                    FamilyPolicy.IPv6 => address.AddressFamily == AddressFamily.InterNetworkV6,
                    _ => true,
                })
            ],
            NeedsEveryFamily = options.Families != FamilyPolicy.Auto,
        })];

    private bool TryRead(PeerSource source, out ImmutableArray<string> names, [NotNullWhen(false)] out string? problem)
    {
        (names, problem) = ([], null);
        switch (source)
        {
            case PeerSource.Named named:
                names = [named.Text];
                return true;
            case PeerSource.Replicas replicas:
                return TryCount(replicas, out names, out problem);
            case PeerSource.ZooConfig config:
                return TryReadZooConfig(config.Path, out names, out problem) && IsNotEmpty(names, out problem);
            default:
                var variable = ((PeerSource.FromEnvironment)source).Variable;
                if (environment(variable) is not { } list)
                {
                    problem = $"the environment variable {Printable.Escape(variable)} is not set";
                    return false;
                }

                return MemberList.TryReadList(list, out names, out problem) && IsNotEmpty(names, out problem);
        }
    }

    private static bool IsNotEmpty(ImmutableArray<string> names, [NotNullWhen(false)] out string? problem)
    {
        problem = names.IsEmpty ? "no member has a host name" : null;
        return problem is null;
    }

    /// <summary>The pod's own name with every ordinal.</summary>
    private bool TryCount(PeerSource.Replicas replicas, out ImmutableArray<string> names, [NotNullWhen(false)] out string? problem)
    {
        var (host, domain) = own.ToString().Split('.', 2) is [var first, var rest] ? (first, rest) : (own.ToString(), "");
        var dash = host.LastIndexOf('-');
        if (dash <= 0 || dash == host.Length - 1 || !host[(dash + 1)..].All(char.IsAsciiDigit))
        {
            (names, problem) = ([], $"the own name {own} does not begin with NAME-ORDINAL, as pods of a StatefulSet do");
            return false;
        }

        names =
        [
            .. Enumerable.Range(0, replicas.Count).Select(index =>
                string.Create(CultureInfo.InvariantCulture, $"{host[..dash]}-{(long)replicas.First + index}.{domain}."))
        ];
        problem = null;
        return true;
    }

    private bool TryReadZooConfig(string path, out ImmutableArray<string> names, [NotNullWhen(false)] out string? problem)
    {
        names = [];
        if (!readFile(path, out var text, out problem))
        {
            return false;
        }

        if (!MemberList.TryReadZooConfig(text, out names, out var dynamicFile, out problem))
        {
            return false;
        }

        if (dynamicFile is null)
        {
            return true;
        }

        if (!readFile(dynamicFile, out var members, out var why)
            || !MemberList.TryReadZooConfig(members, out names, out _, out why))
        {
            problem = $"dynamicConfigFile {Printable.Escape(dynamicFile)}: {why}";
            return false;
        }

        return true;
    }
}
