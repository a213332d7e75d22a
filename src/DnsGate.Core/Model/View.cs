using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>The groups of DNS servers, in the order in which a round walks them.</summary>
internal enum ViewKind
{
    /// <summary>The cluster's own DNS servers: every CoreDNS endpoint.</summary>
    Cluster,

    /// <summary>The DNS servers that the application itself uses.</summary>
    App,

    /// <summary>DNS servers outside the cluster, for a name of their own.</summary>
    External,
}

/// <summary>Which view: there may be several external ones, even for the same name.</summary>
/// <param name="Kind">The group.</param>
/// <param name="Number">Which of the external ones, from 0.</param>
internal readonly record struct ViewKey(ViewKind Kind, int Number = 0);

/// <summary>A group of DNS servers with what is expected there.</summary>
/// <param name="Key">Which group.</param>
/// <param name="Name">The name that is asked for.</param>
/// <param name="Addresses">The pod's addresses: the set that the servers must give.</param>
/// <param name="Reverse">What the PTR records must be.</param>
/// <param name="Families">Which families must be published.</param>
/// <param name="Quorum">How many of the servers must answer.</param>
/// <param name="Servers">The servers, sorted, without duplicates.</param>
internal sealed record View(
    ViewKey Key,
    DnsName Name,
    ImmutableArray<IPAddress> Addresses,
    ReversePolicy Reverse,
    FamilyPolicy Families,
    Quorum Quorum,
    ImmutableArray<Server> Servers)
{
    public ViewKind Kind => Key.Kind;

    /// <summary>Whether these are the zone's own servers: asked with RD=0, and only an answer with AA counts.</summary>
    public bool IsAuthoritative { get; init; }
}
