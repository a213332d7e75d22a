using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Rules;

/// <summary>
/// Which spellings of the pod's name DNS never sees. The kubelet writes the full name and the host name into /etc/hosts, so
/// libc, Java and getent find these right at once, while <c>zk-0.zk-headless</c>, as in most zoo.cfg files, goes to the DNS servers.
/// </summary>
internal sealed record NameForms
{
    /// <summary>Spellings that /etc/hosts answers with the pod's own addresses, in its order.</summary>
    public ImmutableArray<string> Shadowed { get; init; } = [];

    /// <summary>Spellings with a dot that the resolver's search list completes, and that DNS servers answer.</summary>
    public ImmutableArray<string> Asked { get; init; } = [];

    /// <summary>Sorts the spellings.</summary>
    /// <param name="name">The pod's own name.</param>
    /// <param name="addresses">The pod's addresses.</param>
    /// <param name="hosts">The text of /etc/hosts; null when it cannot be read.</param>
    public static NameForms List(DnsName name, ImmutableArray<IPAddress> addresses, string? hosts)
    {
        var inHosts = HostsFile.ReadLines(hosts ?? "")
            .SelectMany(line => line.Names.Select(spelling => (IsOwn: addresses.Contains(line.Address), Spelling: spelling)))
            .Where(one => IsSpellingOf(name, one.Spelling))
            .ToList();
        var shadowed = inHosts.Where(one => one.IsOwn)
            .Select(one => one.Spelling)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToImmutableArray();

        // The kubelet's search list completes a name after its Service, its namespace and "svc" (ndots:5).
        var labels = name.ToString().Split('.');
        var asked = ImmutableArray.CreateBuilder<string>();
        for (var length = 2; length <= Math.Min(4, labels.Length); length++)
        {
            AddUnlessInHosts(string.Join('.', labels[..length]));
        }

        AddUnlessInHosts(name.ToString());
        return new NameForms { Shadowed = shadowed, Asked = asked.ToImmutable() };

        void AddUnlessInHosts(string spelling)
        {
            // What /etc/hosts gives another address is a diagnosis of its own.
            if (!inHosts.Exists(one => string.Equals(one.Spelling, spelling, StringComparison.OrdinalIgnoreCase))
                && !asked.Contains(spelling, StringComparer.OrdinalIgnoreCase))
            {
                asked.Add(spelling);
            }
        }
    }

    /// <summary>Whether a text is the name or its first labels: <c>zk-0</c>, <c>zk-0.zk-headless</c>.</summary>
    public static bool IsSpellingOf(DnsName name, string spelling) =>
        DnsName.TryParse(spelling, out var parsed, out _)
        && (parsed == name || name.ToString().StartsWith($"{parsed}.", StringComparison.OrdinalIgnoreCase));

    /// <summary>What that means for the reader of a report; null where /etc/hosts answers none of them.</summary>
    public Diagnosis? Diagnose() => Shadowed.IsEmpty ? null : new Diagnosis(
        Diagnosis.SpellingNotShadowed,
        $"in this pod /etc/hosts answers {string.Join(" and ", Shadowed)}, whatever the DNS servers say; "
        + $"{(Asked.IsEmpty ? "every other pod asks" : $"{string.Join(", ", Asked)}, and every other pod, ask")} the DNS servers",
        "so getent or ping here proves nothing; an application that must find itself at once may be configured with the full name, but its "
        + "peers still need the DNS servers to be right");
}
