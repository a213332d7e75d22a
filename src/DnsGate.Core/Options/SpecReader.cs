using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>
/// Reads the options of one verb, from flags and environment, and collects every problem: people mend all of them at
/// once. Bad values never throw.
/// </summary>
/// <param name="flags">The values given on the command line, by setting; those never given are absent or empty.</param>
/// <param name="environment">Looks up an environment variable; null when it is not set.</param>
public sealed class SpecReader(IReadOnlyDictionary<Setting, IReadOnlyList<string>> flags, Func<string, string?> environment)
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
    public GateSpec Read(TimeSpan defaultTimeout)
    {
        var servers = ReadList<ServerSource>(Settings.Servers, ServerSource.TryParse!);
        var spec = new GateSpec
        {
            Servers = servers.IsEmpty ? [new ServerSource.Auto()] : [.. servers.Distinct()],
            App = ReadOne<ServerSource?>(Settings.App, Values.ParseApp, new ServerSource.ResolvConf(ServerSource.DefaultResolvConf)),
            External = [.. ReadList<ExternalSource>(Settings.External, ExternalSource.TryParse!).Distinct()],
            ExternalReverse = ReadChoice(Settings.ExternalReverse, ReversePolicy.Off),
            Reverse = ReadChoice(Settings.Reverse, ReversePolicy.Contains),
            Families = ReadChoice(Settings.Families, FamilyPolicy.Auto),
            Require = ReadOne(Settings.Require, Values.ParseQuorum, Quorum.All),
            Rule = new SettleRule(
                ReadOne(Settings.Rounds, Values.ParseRounds, 3),
                ReadOne(Settings.Settle, Duration.TryParse, TimeSpan.FromSeconds(5))),
            Interval = ReadOne(Settings.Interval, Values.ParsePositiveDuration, TimeSpan.FromSeconds(1)),
            QueryTimeout = ReadOne(Settings.QueryTimeout, Values.ParsePositiveDuration, TimeSpan.FromMilliseconds(500)),
            Timeout = ReadOne(Settings.Timeout, Values.ParseTimeLimit, new TimeLimit(defaultTimeout)),
            OnTimeout = ReadChoice(Settings.OnTimeout, OnTimeout.Fail),
            Listen = ReadListen(),
            WatchInterval = ReadOne<TimeSpan?>(Settings.WatchInterval, Values.ParseWatchInterval, TimeSpan.FromSeconds(60)),
            Output = ReadOne<OutputFormat?>(Settings.Output, Values.ParseOutput, null),
            LogFormat = ReadChoice(Settings.LogFormat, LogFormat.Text),
            LogLevel = ReadChoice(Settings.LogLevel, LogLevel.Info),
        };
        RefuseContradictions(spec);
        return spec;
    }

    /// <summary>Reads the options of <c>bound</c>, again without the identity. Meaningful only when <see cref="Problems"/> stays empty.</summary>
    public BoundSpec ReadBound() => new(
        ReadOne(Settings.BoundPort, Values.ParsePort, 3888),
        ReadOne(Settings.BoundHeld, Duration.TryParse, TimeSpan.FromSeconds(6)));

    /// <summary>The own name as the user gave it, with where it was given; null when it was not.</summary>
    public (DnsName Name, string Source)? ReadName()
    {
        var before = problems.Count;
        var name = ReadOne<DnsName?>(Settings.Name, Values.ParseOwnName, null);
        SaysIdentityWrongly |= problems.Count > before;
        return name is null ? null : (name, OriginOf(Settings.Name)!);
    }

    /// <summary>The own addresses as the user gave them, with where they were given; null when they were not.</summary>
    public (ImmutableArray<IPAddress> Addresses, string Source)? ReadAddresses()
    {
        var before = problems.Count;
        var addresses = ReadList<IPAddress>(Settings.Ip, IdentityFinder.TryParsePodAddress!);
        SaysIdentityWrongly |= problems.Count > before;
        return addresses.IsEmpty ? null : ([.. addresses.Distinct()], OriginOf(Settings.Ip)!);
    }

    /// <summary>Reads where the sidecar listens: all that <c>probe</c> needs.</summary>
    public ListenAddress ReadListen() => ReadOne(Settings.Listen, ListenAddress.TryParse!, ListenAddress.Default);

    private void RefuseContradictions(GateSpec spec)
    {
        var named = spec.Servers.Count(source => source is ServerSource.Static);
        if (named == spec.Servers.Length && spec.Require.Count is { } count && count > named)
        {
            problems.Add($"{OriginOf(Settings.Require)}: {count} servers must answer, but {OriginOf(Settings.Servers)} names only {named}");
        }

        if (spec.ExternalReverse != ReversePolicy.Off && spec.External.FirstOrDefault(external => external.IsAuthoritative) is { } authoritative)
        {
            // The PTR records are in another zone, with other servers.
            problems.Add($"{OriginOf(Settings.ExternalReverse)}: '{authoritative}' asks the servers of the name's zone, which do not serve the reverse zone; name the servers to ask for both");
        }
    }

    private T ReadChoice<T>(Setting setting, T fallback)
        where T : struct, Enum => ReadOne(setting, Values.ParseChoice, fallback);

    private T ReadOne<T>(Setting setting, Parser<T> parse, T fallback)
    {
        var values = ValuesOf(setting);
        if (values.Count > 1)
        {
            problems.Add($"{OriginOf(setting)}: given {values.Count} times, takes one value");
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

        problems.Add($"{OriginOf(setting)}: {problem}");
        return fallback;
    }

    private ImmutableArray<T> ReadList<T>(Setting setting, Parser<T> parse)
    {
        var read = ImmutableArray.CreateBuilder<T>();
        var values = ValuesOf(setting);
        var before = problems.Count;
        foreach (var text in values.SelectMany(value => value.Split(setting.HasCommasInValues ? Blanks : ListSeparators, StringSplitOptions.RemoveEmptyEntries)))
        {
            if (parse(text, out var value, out var problem))
            {
                read.Add(value);
            }
            else
            {
                problems.Add($"{OriginOf(setting)}: {problem}");
            }
        }

        if (values.Count > 0 && read.Count == 0 && problems.Count == before)
        {
            problems.Add($"{OriginOf(setting)}: empty; leave it out for the default ({setting.Default})");
        }

        return read.ToImmutable();
    }

    private IReadOnlyList<string> ValuesOf(Setting setting)
    {
        if (flags.TryGetValue(setting, out var given) && given.Count > 0)
        {
            return given;
        }

        return EnvironmentOf(setting) is { } value ? [value] : [];
    }

    /// <summary>The flag or the variable that says something about a setting; null when nothing does.</summary>
    public string? OriginOf(Setting setting) =>
        flags.TryGetValue(setting, out var given) && given.Count > 0 ? setting.Flag
        : EnvironmentOf(setting) is not null ? setting.Environment
        : null;

    /// <summary>What the environment says of a setting; null when nothing, or when it is not the user who says it.</summary>
    private string? EnvironmentOf(Setting setting)
    {
        // An empty variable is what an optional ConfigMap key leaves behind: not set. And for a Service called dnsgate-bound
        // Kubernetes itself sets DNSGATE_BOUND_PORT=tcp://… in every container of its namespace (service links).
        var value = environment(setting.Environment);
        return string.IsNullOrWhiteSpace(value) || (setting.Environment.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal)) ? null : value;
    }
}
