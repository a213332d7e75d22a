using System.Collections.Immutable;
using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;
using DnsGate.Discovery;
using DnsGate.Linux;
using DnsGate.Loop;

namespace DnsGate.Cli;

/// <summary>
/// One run of a verb that asks: <c>check</c>, <c>explain</c>, <c>wait</c>, <c>run</c>, <c>serve</c>. They
/// differ in their stop rule and their outputs.
/// </summary>
/// <param name="Options">The options.</param>
/// <param name="Identity">The pod.</param>
/// <param name="Peers">The members of <c>--peers</c>; empty without that option.</param>
/// <param name="Also">The names of <c>--also</c>; empty without that option.</param>
internal sealed record Session(GateOptions Options, Identity Identity, ImmutableArray<Peer> Peers, ImmutableArray<Peer> Also)
{
    /// <summary>The kill switch: why the gate is switched off, in the user's words; null when it is not.</summary>
    public static string? DisabledBecause
    {
        get
        {
            var value = Environment.GetEnvironmentVariable(OptionTable.DisabledVariable)?.Trim();
            return value is null or "" or "0"
                || value.Equals("false", StringComparison.OrdinalIgnoreCase)
                || value.Equals("no", StringComparison.OrdinalIgnoreCase)
                ? null
                : value;
        }
    }

    /// <summary>
    /// The snapshot of a gate that is switched off, and the options: how to log and print; null when it is
    /// not. Bad values and an unknown identity do not matter then: the switch is for emergencies.
    /// </summary>
    public static (GateSnapshot Off, GateOptions Options)? Disabled(
        VerbInput input, TimeSpan defaultTimeout, ImmutableArray<string> parserProblems) =>
        parserProblems.IsEmpty && DisabledBecause is { } why
            ? (GateSnapshot.Disabled(why), input.CreateReader().Read(defaultTimeout))
            : null;

    /// <summary>Sets the gate up, or says all that stands against it.</summary>
    /// <param name="input">What the verb was given.</param>
    /// <param name="defaultTimeout">Its time limit when nothing is said.</param>
    /// <param name="parserProblems">What the parser found already.</param>
    public static (Session? Session, ImmutableArray<string> Problems) Prepare(
        VerbInput input, TimeSpan defaultTimeout, ImmutableArray<string> parserProblems)
    {
        var reader = input.CreateReader();
        var options = reader.Read(defaultTimeout);
        var (name, addresses) = (reader.ReadName(), reader.ReadAddresses());
        var problems = new List<string>([.. parserProblems, .. reader.Problems]);

        var identity = FindIdentity(reader, name, addresses, options, problems);
        problems.AddRange(FileProblems(options));
        problems.AddRange(InterfaceProblems(options));
        var (peers, also) = (ImmutableArray<Peer>.Empty, ImmutableArray<Peer>.Empty);
        if (identity is not null)
        {
            problems.AddRange(ExternalNameProblems(reader, options, identity));
        }

        if (identity is not null && !(options.Peers.IsEmpty && options.Also.IsEmpty))
        {
            // Without the file a resolver completes nothing.
            var search = SearchList.Read(TextFile.TryRead(Sources.ResolvConfOf(options).Path, out var text, out _) ? text : "");
            peers = FindPeers(reader, options, identity, search, problems);
            also = PeerFinder.OtherNames(options, identity, search);
        }

        return problems.Count > 0 ? (null, [.. problems]) : (new Session(options, identity!, peers, also), []);
    }

    /// <summary>Runs the loop: the one place where its parts are put together.</summary>
    /// <param name="stopRule">When it ends of itself.</param>
    /// <param name="observer">Receives what the loop finds.</param>
    /// <param name="stop">Ends it at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <param name="openFor">For how long the gate has been open already; null for one that starts closed.</param>
    /// <returns>The last snapshot.</returns>
    public GateSnapshot Run(StopRule stopRule, ILoopObserver observer, CancellationToken stop, TimeSpan? openFor = null)
    {
        var plan = GatePlan.Create(Options, stopRule, Peers, Also);
        var time = TimeProvider.System;
        var client = new NameServerClient(Options.QueryTimeout, time);
        var interception = Options.InterceptionCheck
            ? InterceptionCheck.Create(client, Sources.ClusterDomainOf(Options, Identity))
            : null;
        using var lister = new ServerLister(Options, Identity, client, new TimeLimit(plan.Deadline), time, interception);
        var machine = new GateMachine(plan, Identity, Random.Shared.NextDouble, openFor);
        return new GateLoop(machine, lister, client, new DomainProber(Options, Identity, client), observer, time).Run(stop);
    }

    /// <summary>A file that the user named, or did not switch off, and that cannot be read.</summary>
    private static IEnumerable<string> FileProblems(GateOptions options)
    {
        foreach (var file in options.Servers.Append(options.App).OfType<ServerSource.ResolvConf>().Distinct())
        {
            if (!TextFile.TryRead(file.Path, out _, out var problem))
            {
                yield return $"{problem}; name the servers with --servers, and say --app off where the application asks no others";
            }
        }
    }

    /// <summary>A server that the user named behind an interface that the pod does not have.</summary>
    private static IEnumerable<string> InterfaceProblems(GateOptions options)
    {
        var servers = new List<ServerAddress>();
        foreach (var source in options.Servers)
        {
            if (source is ServerSource.Static named)
            {
                servers.Add(named.Address);
            }
        }

        foreach (var external in options.External)
        {
            servers.AddRange(external.Servers);
        }

        foreach (var server in servers.Distinct())
        {
            if (server.Zone is { } zone && !Interfaces.Exists(zone))
            {
                yield return $"'{server}': this pod has no interface '{zone}'";
            }
        }
    }

    private static IEnumerable<string> ExternalNameProblems(OptionReader reader, GateOptions options, Identity identity)
    {
        foreach (var external in options.External)
        {
            if (!external.TryNameOf(identity.Name, out _, out var problem))
            {
                yield return $"{reader.OriginOf(OptionTable.External)}: '{external}': {problem}";
            }
        }
    }

    /// <summary>Reads the lists of members, once: applications read theirs once, at start.</summary>
    private static ImmutableArray<Peer> FindPeers(
        OptionReader reader, GateOptions options, Identity identity, SearchList search, List<string> problems)
    {
        if (options.Peers.IsEmpty)
        {
            return [];
        }

        var (peers, found) = new PeerFinder(identity.Name, search, TextFile.TryRead, Environment.GetEnvironmentVariable)
            .Find(options.Peers);
        problems.AddRange(found.Select(problem => $"{reader.OriginOf(OptionTable.Peers)}: {problem}"));
        if (found.IsEmpty && options.PeersRequire.Count > peers.Length)
        {
            problems.Add($"{reader.OriginOf(OptionTable.PeersRequire)}: {options.PeersRequire} members must exist, but "
                + $"{reader.OriginOf(OptionTable.Peers)} names only {peers.Length}");
        }

        return peers;
    }

    private static Identity? FindIdentity(
        OptionReader reader, (DnsName Name, string Source)? name,
        (ImmutableArray<IPAddress> Addresses, string Source)? addresses, GateOptions options, List<string> problems)
    {
        var facts = PodFactsReader.Read();
        if (IdentityFinder.TryFind(name, addresses, facts, out var identity, out var missing))
        {
            if (IdentityFinder.CheckFamilies(
                reader.OriginOf(OptionTable.Families) ?? OptionTable.Families.Flag, options.Families, identity.Addresses) is { } problem)
            {
                problems.Add(problem);
            }
        }
        else if (!reader.SaysIdentityWrongly)
        {
            // What was said and could not be read is a problem already; the message that it is missing adds nothing.
            problems.AddRange(missing);
        }

        return identity is null
            ? null
            : identity with { Diagnoses = PodDiagnoses.Find(identity, facts, areAddressesGiven: addresses is not null) };
    }
}
