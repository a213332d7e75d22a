using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Spec;

/// <summary>
/// Reads the options of one verb, from flags and environment, and collects every problem: people mend all of them at
/// once. Bad values never throw.
/// </summary>
/// <param name="flags">The values given on the command line, by setting; those never given are absent or empty.</param>
/// <param name="environment">Looks up an environment variable; null when it is not set.</param>
public sealed class SpecReader(IReadOnlyDictionary<Setting, IReadOnlyList<string>> flags, Func<string, string?> environment)
{
    private static readonly char[] ListSeparators = [',', ' ', '\t', '\n', '\r'];

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
        RefuseExternal();
        var servers = ReadList<ServerSource>(Settings.Servers, ServerSource.TryParse!);
        var spec = new GateSpec
        {
            Servers = servers.IsEmpty ? [new ServerSource.ResolvConf(ServerSource.DefaultResolvConf)] : [.. servers.Distinct()],
            App = ReadOne<ServerSource?>(Settings.App, ParseApp, new ServerSource.ResolvConf(ServerSource.DefaultResolvConf)),
            Reverse = ReadChoice(Settings.Reverse, ReversePolicy.Contains),
            Families = ReadChoice(Settings.Families, FamilyPolicy.Auto),
            Require = ReadOne(Settings.Require, ParseQuorum, Quorum.All),
            Rule = new SettleRule(
                ReadOne(Settings.Rounds, ParseRounds, 3),
                ReadOne(Settings.Settle, Duration.TryParse, TimeSpan.FromSeconds(5))),
            Interval = ReadOne(Settings.Interval, PositiveDuration, TimeSpan.FromSeconds(1)),
            QueryTimeout = ReadOne(Settings.QueryTimeout, PositiveDuration, TimeSpan.FromMilliseconds(500)),
            Timeout = ReadOne(Settings.Timeout, ParseTimeLimit, new TimeLimit(defaultTimeout)),
            OnTimeout = ReadChoice(Settings.OnTimeout, OnTimeout.Fail),
            Output = ReadOne<OutputFormat?>(Settings.Output, ParseOutput, null),
            LogFormat = ReadChoice(Settings.LogFormat, LogFormat.Text),
            LogLevel = ReadChoice(Settings.LogLevel, LogLevel.Info),
        };
        RefuseContradictions(spec);
        return spec;
    }

    /// <summary>The own name as the user gave it, with where it was given; null when it was not.</summary>
    public (DnsName Name, string Source)? ReadName()
    {
        var before = problems.Count;
        var name = ReadOne<DnsName?>(Settings.Name, ParseOwnName, null);
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

    private static bool ParseOwnName(string text, out DnsName? value, out string? problem)
    {
        value = null;
        if (!IdentityFinder.TryParsePodName(text, out var name, out problem))
        {
            return false;
        }

        value = name;
        return true;
    }

    private static bool ParseApp(string text, out ServerSource? value, out string? problem)
    {
        (value, problem) = (null, null);
        if (text == "off" || ServerSource.TryParseResolvConf(text, out value, out problem))
        {
            return true;
        }

        problem = $"'{text}' is not resolv.conf, resolv.conf:FILE or off";
        return false;
    }

    private static bool ParseQuorum(string text, out Quorum value, out string? problem)
    {
        problem = null;
        value = text == "majority" ? Quorum.MoreThanHalf : Quorum.All;
        if (text is "all" or "majority")
        {
            return true;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            value = new Quorum(count, Majority: false);
            return true;
        }

        problem = $"'{text}' is not all, majority or a number of servers from 1";
        return false;
    }

    private static bool ParseRounds(string text, out int value, out string? problem)
    {
        problem = null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is > 0 and <= 1_000_000)
        {
            return true;
        }

        problem = $"'{text}' is not a number of rounds from 1 to 1000000";
        return false;
    }

    private static bool PositiveDuration(string text, out TimeSpan value, out string? problem)
    {
        if (!Duration.TryParse(text, out value, out problem))
        {
            return false;
        }

        problem = value < TimeSpan.FromMilliseconds(1) ? $"'{text}' is too short; at least 1ms" : null;
        return problem is null;
    }

    private static bool ParseTimeLimit(string text, out TimeLimit value, out string? problem)
    {
        value = default;
        if (text == "none")
        {
            problem = null;
            return true;
        }

        if (!Duration.TryParse(text, out var limit, out problem))
        {
            problem += "; 0 is one round, none is for ever";
            return false;
        }

        (value, problem) = (new TimeLimit(limit), null);
        return true;
    }

    private static bool ParseOutput(string text, out OutputFormat? value, out string? problem)
    {
        var parsed = TryParseChoice<OutputFormat>(text, out var format, out problem);
        value = parsed ? format : null;
        return parsed;
    }

    private static bool TryParseChoice<T>(string text, out T value, out string? problem)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (text.Equals(candidate.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                (value, problem) = (candidate, null);
                return true;
            }
        }

        value = default;
        problem = $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()))}";
        return false;
    }

    private void RefuseExternal()
    {
        foreach (var setting in new[] { Settings.External, Settings.ExternalReverse })
        {
            if (OriginOf(setting) is { } origin)
            {
                problems.Add($"{origin}: names outside the cluster are not supported yet");
            }
        }
    }

    private void RefuseContradictions(GateSpec spec)
    {
        var named = spec.Servers.Count(source => source is ServerSource.Static);
        if (named == spec.Servers.Length && spec.Require.Count is { } count && count > named)
        {
            problems.Add($"{OriginOf(Settings.Require)}: {count} servers must answer, but {OriginOf(Settings.Servers)} names only {named}");
        }
    }

    private T ReadChoice<T>(Setting setting, T fallback)
        where T : struct, Enum => ReadOne(setting, TryParseChoice, fallback);

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
        foreach (var text in values.SelectMany(value => value.Split(ListSeparators, StringSplitOptions.RemoveEmptyEntries)))
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
            problems.Add($"{OriginOf(setting)}: empty");
        }

        return read.ToImmutable();
    }

    private IReadOnlyList<string> ValuesOf(Setting setting)
    {
        if (flags.TryGetValue(setting, out var given) && given.Count > 0)
        {
            return given;
        }

        // An empty variable is what an optional ConfigMap key leaves behind: not set.
        return environment(setting.Environment) is { } value && !string.IsNullOrWhiteSpace(value) ? [value] : [];
    }

    /// <summary>The flag or the variable that says something about a setting; null when nothing does.</summary>
    public string? OriginOf(Setting setting) =>
        flags.TryGetValue(setting, out var given) && given.Count > 0 ? setting.Flag
        : !string.IsNullOrWhiteSpace(environment(setting.Environment)) ? setting.Environment
        : null;
}
