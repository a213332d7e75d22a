using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Rules;

/// <summary>What in this pod contradicts its identity: a mistake in the manifest, which no DNS server can fix.</summary>
internal static class PodDiagnoses
{
    /// <summary>The diagnoses of an identity.</summary>
    /// <param name="identity">The name and the addresses that are expected.</param>
    /// <param name="facts">What the pod shows: /etc/hosts and its interfaces.</param>
    /// <param name="areAddressesGiven">
    /// Whether the user named the addresses (<c>--ip</c>): then this may not be the pod that is asked about.
    /// </param>
    public static ImmutableArray<Diagnosis> Find(Identity identity, PodFacts facts, bool areAddressesGiven = false)
    {
        return
        [
            .. areAddressesGiven ? [] : NotOnInterface(identity, facts),
            .. NameOfAnotherPod(identity, facts),
            .. Overridden(identity, facts),
        ];
    }

    private static IEnumerable<Diagnosis> NotOnInterface(Identity identity, PodFacts facts)
    {
        var missing = identity.Addresses.Where(address => !facts.InterfaceAddresses.Contains(address)).ToList();
        // Without any address the kernel did not tell them: no evidence.
        if (missing.Count > 0 && facts.InterfaceAddresses.Length > 0)
        {
            yield return new Diagnosis(
                Diagnosis.AddressNotOnInterface,
                $"{string.Join(" and ", missing)} ({identity.AddressSource}) "
                + $"{(missing.Count == 1 ? "is" : "are")} on no interface of this pod",
                "set POD_IPS from `status.podIPs`, not `status.hostIPs`, or leave it out")
            {
                IsAboutIdentity = true,
            };
        }
    }

    /// <summary>The kubelet's line in /etc/hosts has a full name in the cluster with another host name.</summary>
    private static IEnumerable<Diagnosis> NameOfAnotherPod(Identity identity, PodFacts facts)
    {
        var named = HostsFile.ReadOwnLines(facts.Hosts ?? "")
            .Where(line => facts.InterfaceAddresses.Contains(line.Address))
            .SelectMany(line =>
                line.Names.Where(IsOfCluster).Select(name => (line.Number, Name: name)))
            .ToList();
        var host = identity.Name.FirstLabel;
        if (named.Count > 0 && !named.Exists(one => one.Name.Split('.')[0].Equals(host, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new Diagnosis(
                Diagnosis.NameOfAnotherPod,
                $"the expected name is {identity.Name} ({identity.NameSource}), but {HostsFile.Path} line {named[0].Number} names this pod "
                + Printable.Escape(named[0].Name),
                "set `DNSGATE_NAME` or `--name` to this pod's own name, or leave it out")
            {
                IsAboutIdentity = true,
            };
        }
    }

    /// <summary>A line in /etc/hosts gives a spelling of the own name an address that is not the pod's.</summary>
    private static IEnumerable<Diagnosis> Overridden(Identity identity, PodFacts facts)
    {
        foreach (var line in HostsFile.ReadLines(facts.Hosts ?? ""))
        {
            if (identity.Addresses.Contains(line.Address) || facts.InterfaceAddresses.Contains(line.Address))
            {
                continue;
            }

            foreach (var spelling in line.Names)
            {
                if (NameForms.IsSpellingOf(identity.Name, spelling))
                {
                    yield return new Diagnosis(
                        Diagnosis.HostsOverridesName,
                        $"{HostsFile.Path} line {line.Number} gives {spelling} the address {line.Address}: applications in this pod use "
                        + "that, whatever the DNS servers return",
                        "remove the entry from `hostAliases` in the pod template");
                }
            }
        }
    }

    private static bool IsOfCluster(string name) => DnsName.TryParse(name, out var parsed, out _) && Remedies.ServiceOf(parsed) is not null;
}
