using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>Who the pod is, and how that is known.</summary>
/// <param name="Name">Its name, fully qualified.</param>
/// <param name="NameSource">Where the name was found, for people.</param>
/// <param name="Addresses">Its addresses, IPv4 first; never empty.</param>
/// <param name="AddressSource">Where the addresses were found, for people.</param>
internal sealed record Identity(DnsName Name, string NameSource, ImmutableArray<IPAddress> Addresses, string AddressSource)
{
    /// <summary>What in the pod contradicts it.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];
}
