using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>
/// Reads the options of one verb, from flags and environment, and collects every problem: people fix all of them at
/// once. Bad values never throw.
/// </summary>
/// <param name="flags">The values given on the command line, by setting; those never given are absent or empty.</param>
/// <param name="environment">Looks up an environment variable; null when it is not set.</param>
internal sealed class OptionReader(IReadOnlyDictionary<OptionDefinition, IReadOnlyList<string>> flags, Func<string, string?> environment)
{
    private static readonly char[] ListSeparators = [',', ' ', '\t', '\n', '\r'];

    private static readonly char[] Blanks = [' ', '\t', '\n', '\r'];

    private readonly List<string> problems = [];

    private delegate bool Parser<T>(string text, out T value, out string? problem);

    /// <summary>What is wrong with the options, one sentence each; empty when all is well.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Whether the own name or an own address was given and could not be read.</summary>
    public bool SaysIdentityWrongly { get; private set; }

    /// <summary>Reads everything but the identity. Meaningful only when <see cref="Problems"/> stays empty.</summary>
    /// <param name="defaultTimeout">The time limit of the verb when nothing is said.</param>
    public GateOptions Read(TimeSpan defaultTimeout)
    {
        var servers = ReadList<ServerSource>(OptionTable.Servers, ServerSource.TryParse!);
        var options = new GateOptions
        {
            Servers = servers.IsEmpty ? [new ServerSource.Auto()] : [.. servers.Distinct()],
            App = ReadOne<ServerSource?>(
                OptionTable.App, OptionParsers.ParseApp, new ServerSource.ResolvConf(ServerSource.DefaultResolvConf)),
            External = [.. ReadList<ExternalSource>(OptionTable.External, ExternalSource.TryParse!).Distinct()],
            ExternalReverse = ReadChoice(OptionTable.ExternalReverse, ReversePolicy.Off),
            Reverse = ReadChoice(OptionTable.Reverse, ReversePolicy.Contains),
            Families = ReadChoice(OptionTable.Families, FamilyPolicy.Auto),
            Require = ReadOne(OptionTable.Require, OptionParsers.ParseQuorum, Quorum.All),
            Coverage = ReadChoice(OptionTable.Coverage, RequiredCoverage.Any),
            InterceptionCheck = ReadOne(OptionTable.InterceptionCheck, OptionParsers.ParseSwitch, true),
            Also = [.. ReadList<string>(OptionTable.Also, OptionParsers.ParseHostName).Distinct()],
            Peers = [.. ReadList<PeerSource>(OptionTable.Peers, PeerSource.TryParse!).Distinct()],
            PeersRequire = ReadOne(OptionTable.PeersRequire, OptionParsers.ParseQuorum, Quorum.MoreThanHalf),
            PeersTimeout = ReadOne(OptionTable.PeersTimeout, Duration.TryParse, TimeSpan.FromSeconds(60)),
            OnPeersTimeout = ReadChoice(OptionTable.OnPeersTimeout, OnTimeout.Open),
            Rule = new SettleRule(
                ReadOne(OptionTable.Rounds, OptionParsers.ParseRounds, 3),
                ReadOne(OptionTable.Settle, Duration.TryParse, TimeSpan.FromSeconds(5))),
            Interval = ReadOne(OptionTable.Interval, OptionParsers.ParsePositiveDuration, TimeSpan.FromSeconds(1)),
            QueryTimeout = ReadOne(OptionTable.QueryTimeout, OptionParsers.ParsePositiveDuration, TimeSpan.FromMilliseconds(500)),
            Timeout = ReadOne(OptionTable.Timeout, OptionParsers.ParseTimeLimit, new TimeLimit(defaultTimeout)),
            OnTimeout = ReadChoice(OptionTable.OnTimeout, OnTimeout.Fail),
            Listen = ReadListen(),
            WatchInterval = ReadOne<TimeSpan?>(OptionTable.WatchInterval, OptionParsers.ParseWatchInterval, TimeSpan.FromSeconds(60)),
            State = ReadOne<string?>(OptionTable.State, OptionParsers.ParseState, OptionTable.State.Default),
            Output = ReadOutput(),
            LogFormat = ReadChoice(OptionTable.LogFormat, LogFormat.Text),
            LogLevel = ReadChoice(OptionTable.LogLevel, LogLevel.Info),
        };
        RefuseContradictions(options);
        return options;
    }

    /// <summary>
    /// Reads the options of <c>bound</c>, again without the identity. Meaningful only when <see cref="Problems"/> stays empty.
    /// </summary>
    public BoundOptions ReadBound() => new(
        ReadOne(OptionTable.BoundPort, OptionParsers.ParsePort, 3888),
        ReadOne(OptionTable.BoundHeld, Duration.TryParse, TimeSpan.FromSeconds(6)));

    /// <summary>The own name as the user gave it, with where it was given; null when it was not.</summary>
    public (DnsName Name, string Source)? ReadName()
    {
        var before = problems.Count;
        var name = ReadOne<DnsName?>(OptionTable.Name, OptionParsers.ParseOwnName, null);
        SaysIdentityWrongly |= problems.Count > before;
        return name is null ? null : (name, OriginOf(OptionTable.Name)!);
    }

    /// <summary>The own addresses as the user gave them, with where they were given; null when they were not.</summary>
    public (ImmutableArray<IPAddress> Addresses, string Source)? ReadAddresses()
    {
        var before = problems.Count;
        var addresses = ReadList<IPAddress>(OptionTable.Ip, IdentityFinder.TryParsePodAddress!);
        SaysIdentityWrongly |= problems.Count > before;
        return addresses.IsEmpty ? null : ([.. addresses.Distinct()], OriginOf(OptionTable.Ip)!);
    }

    /// <summary>Reads where the sidecar listens: all that <c>probe</c> needs.</summary>
    public ListenAddress ReadListen() => ReadOne(OptionTable.Listen, ListenAddress.TryParse!, ListenAddress.Default);

    /// <summary>
    /// Reads the time of <c>probe</c>: less than the second that an exec probe has by default (Kubernetes API, timeoutSeconds).
    /// </summary>
    public TimeSpan ReadProbeTimeout() =>
        ReadOne(OptionTable.ProbeTimeout, OptionParsers.ParsePositiveDuration, TimeSpan.FromMilliseconds(800));

    /// <summary>The format of the result; null when nothing is said.</summary>
    public OutputFormat? ReadOutput() => ReadOne<OutputFormat?>(OptionTable.Output, OptionParsers.ParseOutput, null);

    /// <summary>
    /// A digest of the text of the options that decide when the gate opens (<see cref="OptionDefinition.Decides"/>), the default where
    /// nothing is said. FNV-1a, 64 bits: it tells the options of one user apart, and keeps no secret.
    /// </summary>
    public string Digest()
    {
        var digest = 14695981039346656037;
        foreach (var definition in OptionTable.All.Where(definition => definition.Decides))
        {
            var values = ValuesOf(definition);
            var text = values.Count == 0 ? definition.Default
                : definition.IsList ? string.Join(' ', values.SelectMany(value => Split(definition, value)))
                : values[0].Trim();
            foreach (var character in $"{definition.Flag}={text}\n")
            {
                digest = unchecked((digest ^ character) * 1099511628211);
            }
        }

        return digest.ToString("x16", CultureInfo.InvariantCulture);
    }

    private void RefuseContradictions(GateOptions options)
    {
        var named = options.Servers.Count(source => source is ServerSource.Static);
        if (named == options.Servers.Length && options.Require.Count is { } count && count > named)
        {
            problems.Add(
                $"{OriginOf(OptionTable.Require)}: {count} servers must answer, but {OriginOf(OptionTable.Servers)} names only {named}");
        }

        if (options.ExternalReverse != ReversePolicy.Off
            && options.External.FirstOrDefault(external => external.IsAuthoritative) is { } authoritative)
        {
            // The PTR records are in another zone, with other servers.
            problems.Add($"{OriginOf(OptionTable.ExternalReverse)}: '{authoritative}' asks the servers of the name's zone, which do not "
                + "serve the reverse zone; name the servers to ask for both");
        }
    }

    private T ReadChoice<T>(OptionDefinition definition, T fallback)
        where T : struct, Enum => ReadOne(definition, OptionParsers.ParseChoice, fallback);

    private T ReadOne<T>(OptionDefinition definition, Parser<T> parse, T fallback)
    {
        var values = ValuesOf(definition);
        if (values.Count > 1)
        {
            problems.Add($"{OriginOf(definition)}: given {values.Count} times, takes one value");
            return fallback;
        }

        if (values.Count == 0)
        {
            return fallback;
        }

        if (parse(values[0].Trim(), out var value, out var problem))
        {
            return value;
        }

        problems.Add($"{OriginOf(definition)}: {problem}");
        return fallback;
    }

    private ImmutableArray<T> ReadList<T>(OptionDefinition definition, Parser<T> parse)
    {
        var read = ImmutableArray.CreateBuilder<T>();
        var values = ValuesOf(definition);
        var before = problems.Count;
        foreach (var text in values.SelectMany(value => Split(definition, value)))
        {
            if (parse(text, out var value, out var problem))
            {
                read.Add(value);
            }
            else
            {
                problems.Add($"{OriginOf(definition)}: {problem}");
            }
        }

        if (values.Count > 0 && read.Count == 0 && problems.Count == before)
        {
            problems.Add($"{OriginOf(definition)}: empty; leave it out for the default ({definition.Default})");
        }

        return read.ToImmutable();
    }

    private static string[] Split(OptionDefinition list, string value) =>
        value.Split(list.HasCommasInValues ? Blanks : ListSeparators, StringSplitOptions.RemoveEmptyEntries);

    private IReadOnlyList<string> ValuesOf(OptionDefinition definition)
    {
        if (flags.TryGetValue(definition, out var given) && given.Count > 0)
        {
            return given;
        }

        return EnvironmentOf(definition) is { } value ? [value] : [];
    }

    /// <summary>The flag or the variable that says something about a setting; null when nothing does.</summary>
    public string? OriginOf(OptionDefinition definition) =>
        flags.TryGetValue(definition, out var given) && given.Count > 0 ? definition.Flag
        : EnvironmentOf(definition) is not null ? definition.Environment
        : null;

    /// <summary>What the environment says of a setting; null when nothing, or when it is not the user who says it.</summary>
    private string? EnvironmentOf(OptionDefinition definition)
    {
        // An empty variable is what an optional ConfigMap key leaves behind: not set. And for a Service called dnsgate-bound
        // Kubernetes itself sets DNSGATE_BOUND_PORT=tcp://… in every container of its namespace (service links).
        var value = environment(definition.Environment);
        return string.IsNullOrWhiteSpace(value)
            || (definition.Environment.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal))
                ? null
                : value;
    }
}
