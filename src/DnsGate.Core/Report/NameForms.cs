using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Report;

/// <summary>
/// Which spellings of the pod's name DNS never sees. The kubelet writes the full name and the host name into /etc/hosts, so
/// libc, Java and getent find these right at once, while <c>zk-0.zk-headless</c>, as in most zoo.cfg files, goes to the name servers.
/// </summary>
internal sealed record NameForms
{
    /// <summary>Spellings that /etc/hosts answers with the pod's own addresses, in its order.</summary>
    public ImmutableArray<string> Shadowed { get; init; } = [];

    /// <summary>Spellings with a dot that the resolver's search list completes, and that name servers answer.</summary>
    public ImmutableArray<string> Asked { get; init; } = [];

    /// <summary>Sorts the spellings.</summary>
    /// <param name="name">The pod's own name.</param>
    /// <param name="addresses">The pod's addresses.</param>
    /// <param name="hosts">The text of /etc/hosts; null when it cannot be read.</param>
    public static NameForms List(DnsName name, ImmutableArray<IPAddress> addresses, string? hosts)
    {
        var shadowed = HostsFile.ReadOwnLines(hosts ?? "")
            .Where(line => addresses.Contains(line.Address))
            .SelectMany(line => line.Names)
            .Where(spelling => IsPartOf(name, spelling))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToImmutableArray();

        // The kubelet's search list completes a name after its Service, its namespace and "svc" (ndots:5).
        var labels = name.ToString().Split('.');
        var asked = ImmutableArray.CreateBuilder<string>();
        for (var length = 2; length <= Math.Min(4, labels.Length); length++)
        {
            AddUnlessShadowed(string.Join('.', labels[..length]));
        }

        AddUnlessShadowed(name.ToString());
        return new NameForms { Shadowed = shadowed, Asked = asked.ToImmutable() };

        void AddUnlessShadowed(string spelling)
        {
            if (!shadowed.Contains(spelling, StringComparer.OrdinalIgnoreCase)
                && !asked.Contains(spelling, StringComparer.OrdinalIgnoreCase))
            {
                asked.Add(spelling);
            }
        }
    }

    /// <summary>What that means for the reader of a report; null where /etc/hosts answers none of them.</summary>
    public Diagnosis? Diagnose() => Shadowed.IsEmpty ? null : new Diagnosis(
        Diagnosis.SpellingNotShadowed,
        $"in this pod /etc/hosts answers {string.Join(" and ", Shadowed)}, whatever the name servers say; "
        + $"{(Asked.IsEmpty ? "every other pod asks" : $"{string.Join(", ", Asked)}, and every other pod, ask")} the name servers",
        "so getent or ping here proves nothing; an application that must find itself at once may be configured with the full name, but its "
        + "peers still need the name servers to be right");

    private static bool IsPartOf(DnsName name, string spelling) =>
        DnsName.TryParse(spelling, out var parsed, out _)
        && (parsed == name || name.ToString().StartsWith($"{parsed}.", StringComparison.OrdinalIgnoreCase));
}
