using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>What the pod tells about itself, as the shell read it.</summary>
/// <param name="PodIps">The variable POD_IPS (Downward API <c>status.podIPs</c>, separated by commas).</param>
/// <param name="PodIp">The variable POD_IP (<c>status.podIP</c>).</param>
/// <param name="Hosts">The text of /etc/hosts; null when it could not be read.</param>
/// <param name="InterfaceAddresses">The addresses of the interfaces.</param>
internal sealed record PodFacts(string? PodIps, string? PodIp, string? Hosts, ImmutableArray<IPAddress> InterfaceAddresses)
{
    /// <summary>Nothing: for when the user said it all.</summary>
    public static readonly PodFacts None = new(null, null, null, []);

    /// <summary>DOMAIN, where the search list of /etc/resolv.conf has a name under <c>svc.DOMAIN</c>; null where it has none.</summary>
    public string? SearchDomain { get; init; }
}

/// <summary>
/// Finds the pod's own name and addresses without configuration.
/// <list type="number">
/// <item><description>addresses: what the user said; POD_IPS; the /etc/hosts lines whose address is on an interface; POD_IP; the
/// interface's address</description></item>
/// <item><description>name: what the user said; the first field with a dot on such a line, if it is under
/// <c>svc.DOMAIN</c> where the search list names one: the kubelet also writes a <c>hostnameOverride</c> there, which the
/// cluster's DNS does not have</description></item>
/// </list>
/// </summary>
internal static class IdentityFinder
{
    /// <summary>Finds the identity, or says all that is missing and what to set.</summary>
    public static bool TryFind(
        (DnsName Name, string Source)? givenName,
        (ImmutableArray<IPAddress> Addresses, string Source)? givenAddresses,
        PodFacts facts,
        [NotNullWhen(true)] out Identity? identity,
        out ImmutableArray<string> problems)
    {
        var found = new List<string>();
        var lines = LinesOf(facts);
        var own = OwnLines(lines, facts);
        var addresses = givenAddresses ?? FindAddresses(facts, own, found);
        var name = givenName ?? FindName(facts, own, lines, addresses?.Addresses ?? [], found);
        problems = [.. found];
        identity = addresses is null || name is null || found.Count > 0
            ? null
            : new Identity(name.Value.Name, name.Value.Source, Sort(addresses.Value.Addresses), addresses.Value.Source);
        return identity is not null;
    }

    /// <summary>
    /// Finds the own addresses alone, by the same rules, or says what is missing: for what needs no name, which a pod
    /// without a subdomain or on the host's network does not have.
    /// </summary>
    /// <returns>The addresses, IPv4 first and never empty, and where they were found; null where there is a problem.</returns>
    public static (ImmutableArray<IPAddress> Addresses, string Source)? FindAddresses(
        (ImmutableArray<IPAddress> Addresses, string Source)? givenAddresses, PodFacts facts, out ImmutableArray<string> problems)
    {
        var found = new List<string>();
        var addresses = givenAddresses ?? FindAddresses(facts, OwnLines(LinesOf(facts), facts), found);
        problems = [.. found];
        return addresses is null || found.Count > 0 ? null : (Sort(addresses.Value.Addresses), addresses.Value.Source);
    }

    /// <summary>Whether the families that must be published are ones that the pod has.</summary>
    /// <param name="origin">The flag or the variable that says which families, for people.</param>
    /// <param name="families">The policy.</param>
    /// <param name="addresses">The pod's addresses.</param>
    /// <returns>The problem, or null.</returns>
    public static string? CheckFamilies(string origin, FamilyPolicy families, ImmutableArray<IPAddress> addresses)
    {
        var lacksIPv4 = families is FamilyPolicy.IPv4 or FamilyPolicy.Both
            && !addresses.Any(address => address.AddressFamily == AddressFamily.InterNetwork);
        var lacksIPv6 = families is FamilyPolicy.IPv6 or FamilyPolicy.Both
            && !addresses.Any(address => address.AddressFamily == AddressFamily.InterNetworkV6);
        return lacksIPv4 || lacksIPv6
            ? $"{origin}: this pod has no {(lacksIPv4 ? "IPv4" : "IPv6")} address ({string.Join(' ', addresses)}); name it with --ip"
            : null;
    }

    /// <summary>Reads an address that a pod can have.</summary>
    public static bool TryParsePodAddress(string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? problem)
    {
        if (!Addresses.TryParse(text, out address, out problem))
        {
            return false;
        }

        problem = Addresses.IsUnspecifiedOrMulticast(address) ? $"'{text}' is not the address of one pod" : null;
        return problem is null;
    }

    /// <summary>Reads a name that a pod can have: a host name (RFC 1123 §2.1; underscores are let through) of two labels or more.</summary>
    public static bool TryParsePodName(string text, [NotNullWhen(true)] out DnsName? name, [NotNullWhen(false)] out string? problem)
    {
        if (!DnsName.TryParse(text, out name, out var fault))
        {
            problem = $"'{text}' is not a name: {fault}";
            return false;
        }

        problem = null;

        if (IPAddress.TryParse(text, out _))
        {
            problem = $"'{text}' is an address, not a name";
        }
        else if (text.AsSpan().TrimEnd('.').IndexOf('.') < 0)
        {
            problem = $"'{text}' is not fully qualified; a pod's name looks like zk-0.zk-headless.prod.svc.cluster.local";
        }
        else if (text.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.')))
        {
            problem = $"'{text}' is not a host name: letters, digits, hyphens and dots only";
        }

        return problem is null;
    }

    private static ImmutableArray<HostsLine> LinesOf(PodFacts facts) => facts.Hosts is null ? [] : HostsFile.ReadOwnLines(facts.Hosts);

    private static ImmutableArray<HostsLine> OwnLines(ImmutableArray<HostsLine> lines, PodFacts facts) =>
        [.. lines.Where(line => Addresses.CanBeAPods(line.Address) && facts.InterfaceAddresses.Contains(line.Address))];

    private static ImmutableArray<IPAddress> Sort(ImmutableArray<IPAddress> addresses) =>
        [.. addresses.Order(Comparer<IPAddress>.Create(Addresses.Compare))];

    private static (ImmutableArray<IPAddress> Addresses, string Source)? FindAddresses(
        PodFacts facts, ImmutableArray<HostsLine> own, List<string> problems)
    {
        if (FromVariable("POD_IPS", facts.PodIps, problems) is { } podIps)
        {
            return podIps;
        }

        if (!own.IsEmpty)
        {
            return OnePerFamily([.. own.Select(line => line.Address).Distinct()], HostsFile.Path, problems);
        }

        if (FromVariable("POD_IP", facts.PodIp, problems) is { } podIp)
        {
            return podIp;
        }

        ImmutableArray<IPAddress> candidates = [.. facts.InterfaceAddresses.Where(Addresses.CanBeAPods).Distinct()];
        if (candidates.IsEmpty)
        {
            problems.Add(
                "own address unknown: no POD_IPS, no POD_IP, and no interface has an address beyond loopback and link; name it with --ip");
            return null;
        }

        return OnePerFamily(candidates, "the network interfaces", problems);
    }

    private static (ImmutableArray<IPAddress> Addresses, string Source)? FromVariable(string variable, string? value, List<string> problems)
    {
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var text in (value ?? "").Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryParsePodAddress(text, out var address, out var problem))
            {
                addresses.Add(address);
            }
            else
            {
                problems.Add($"{variable}: {problem}");
            }
        }

        return addresses.Count == 0 ? null : ([.. addresses.Distinct()], variable);
    }

    private static (ImmutableArray<IPAddress> Addresses, string Source)? OnePerFamily(
        ImmutableArray<IPAddress> candidates, string source, List<string> problems)
    {
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            var ofFamily = candidates.Where(address => address.AddressFamily == family).ToList();
            if (ofFamily.Count > 1)
            {
                problems.Add($"own address unclear: {source} gives several of one family ({string.Join(' ', ofFamily)}); "
                    + "name the right one with --ip");
            }
        }

        return (candidates, source);
    }

    private static (DnsName Name, string Source)? FindName(
        PodFacts facts, ImmutableArray<HostsLine> own, ImmutableArray<HostsLine> all,
        ImmutableArray<IPAddress> addresses, List<string> problems)
    {
        const string Remedy = "name it with --name (or DNSGATE_NAME), like zk-0.zk-headless.prod.svc.cluster.local";
        if (facts.Hosts is null)
        {
            problems.Add($"own name unknown: {HostsFile.Path} cannot be read; {Remedy}");
            return null;
        }

        // A line of an address that is known to be the pod's says more than one of another interface (a second network).
        ImmutableArray<HostsLine> ofPod = [.. all.Where(line => addresses.Contains(line.Address))];
        var named = new Dictionary<string, HostsLine>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in ofPod.IsEmpty ? own : ofPod)
        {
            if (line.Names.FirstOrDefault(field => field.TrimEnd('.').Contains('.', StringComparison.Ordinal)) is { } full)
            {
                named.TryAdd(full, line);
            }
        }

        switch (named.Count)
        {
            case 0:
                problems.Add($"own name unknown: no line of {HostsFile.Path} gives a full name for this pod's address (the pod has no "
                    + $"subdomain, or is on the host's network); {Remedy}");
                return null;
            case 1:
                var one = named.Single();
                if (!TryParsePodName(one.Key, out var name, out var problem))
                {
                    problems.Add($"{HostsFile.Path} line {one.Value.Number}: {problem}; {Remedy}");
                    return null;
                }

                if (facts.SearchDomain is { } domain && !$"{name}".EndsWith($".svc.{domain}", StringComparison.OrdinalIgnoreCase))
                {
                    problems.Add(
                        $"own name unclear: {HostsFile.Path} line {one.Value.Number} has {name}, which is not under svc.{domain} of "
                            + $"the search list in resolv.conf, so the cluster's DNS does not publish it; {Remedy}");
                    return null;
                }

                return (name, $"{HostsFile.Path} line {one.Value.Number}");
            default:
                problems.Add($"own name unclear: {HostsFile.Path} gives several ({string.Join(' ', named.Keys)}); {Remedy}");
                return null;
        }
    }
}
