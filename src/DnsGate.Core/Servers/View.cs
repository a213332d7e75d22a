using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Servers;

/// <summary>The groups of name servers, in the order in which a round walks them.</summary>
public enum ViewKind
{
    /// <summary>The cluster's own name servers: every CoreDNS endpoint.</summary>
    Cluster,

    /// <summary>The name servers that the application itself uses.</summary>
    App,

    /// <summary>Name servers outside the cluster, for a name of their own.</summary>
    External,
}

/// <summary>Which view: there may be several external ones, even for the same name.</summary>
/// <param name="Kind">The group.</param>
/// <param name="Number">Which of the external ones, from 0.</param>
public readonly record struct ViewKey(ViewKind Kind, int Number = 0);

/// <summary>In what state an endpoint was found (EndpointConditions of discovery.k8s.io/v1).</summary>
public enum Standing
{
    /// <summary>In service, or nothing is known against it.</summary>
    Serving,

    /// <summary><c>ready</c> is false: its node may have died, and nobody is sent there.</summary>
    NotReady,

    /// <summary><c>terminating</c>: it answers from frozen data until its lameduck time is over.</summary>
    Terminating,
}

/// <summary>One name server of a view.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Source">Where it was found, for people: <c>static</c>, <c>resolv.conf</c>.</param>
/// <param name="Samples">How often a question is asked in one round: more than once where one address may stand for several servers.</param>
/// <param name="MayForward">Whether it is known to be no CoreDNS endpoint, so that RA=1 in its replies means nothing.</param>
public sealed record Server(ServerAddress Address, string Source, int Samples = 1, bool MayForward = false)
{
    /// <summary>Samples of an address that may be virtual; each leaves from a new source port, so that each is balanced anew.</summary>
    public const int SamplesOfVirtualAddress = 8;

    /// <summary>In what state discovery found it.</summary>
    public Standing Standing { get; init; }

    /// <summary>Whether its answer counts; one that does not is asked and shown all the same.</summary>
    public bool Required => Standing == Standing.Serving;
}

/// <summary>A group of name servers with what is expected there.</summary>
/// <param name="Key">Which group.</param>
/// <param name="Name">The name that is asked for.</param>
/// <param name="Addresses">The pod's addresses: the set that the servers must give.</param>
/// <param name="Reverse">What the PTR records must be.</param>
/// <param name="Families">Which families must be published.</param>
/// <param name="Quorum">How many of the servers must answer.</param>
/// <param name="Servers">The servers, sorted, without duplicates.</param>
public sealed record View(
    ViewKey Key,
    DnsName Name,
    ImmutableArray<IPAddress> Addresses,
    ReversePolicy Reverse,
    FamilyPolicy Families,
    Quorum Quorum,
    ImmutableArray<Server> Servers)
{
    /// <summary>Which group.</summary>
    public ViewKind Kind => Key.Kind;

    /// <summary>Whether these are the zone's own servers: asked with RD=0, and only an answer with AA counts.</summary>
    public bool IsAuthoritative { get; init; }
}

/// <summary>What one discovery found.</summary>
/// <param name="Views">The views, in the order in which a round walks them. The cluster view is always there, if empty.</param>
/// <param name="Coverage">How much of the cluster's name servers the cluster view holds.</param>
/// <param name="Problem">Why a source could not be listed again, so that the last list is still in use; null when all went well.</param>
/// <param name="Age">How old the list is: zero unless there was a problem.</param>
public sealed record Listing(ImmutableArray<View> Views, Coverage Coverage, string? Problem = null, TimeSpan Age = default)
{
    /// <summary>What people should know of the list: lines that name a server that cannot be asked.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether the same servers are listed, wherever they were found.</summary>
    public bool HasSameServersAs(Listing other) =>
        Views.Length == other.Views.Length
        && Views.All(view => other.Views.Any(same => same.Key == view.Key && same.Servers.SequenceEqual(view.Servers)));
}
