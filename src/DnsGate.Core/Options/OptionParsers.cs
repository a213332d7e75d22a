using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>Reads the values of single options: each gives a value, or a problem in words for people.</summary>
internal static class OptionParsers
{
    public static bool ParseOwnName(string text, out DnsName? value, out string? problem)
    {
        value = null;
        if (!IdentityFinder.TryParsePodName(text, out var name, out problem))
        {
            return false;
        }

        value = name;
        return true;
    }

    /// <summary>The app view: null when it is off.</summary>
    public static bool ParseApp(string text, out ServerSource? value, out string? problem)
    {
        (value, problem) = (null, null);
        if (text == "off" || ServerSource.TryParseResolvConf(text, out value, out problem))
        {
            return true;
        }

        problem = $"'{text}' is not resolv.conf, resolv.conf:FILE or off";
        return false;
    }

    /// <summary><c>all</c>, <c>majority</c> or a number.</summary>
    public static bool ParseQuorum(string text, out Quorum value, out string? problem)
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

    /// <summary>The name of a host or a Service, complete or relative.</summary>
    public static bool ParseHostName(string text, out string value, out string? problem)
    {
        value = text;
        problem = MemberList.IsHostName(text) ? null : $"'{text}' is not a host name";
        return problem is null;
    }

    public static bool ParsePort(string text, out int value, out string? problem)
    {
        var isPort = ServerAddress.TryParsePort(text, out value, out _);
        problem = isPort ? null : $"'{text}' is not a port from 1 to 65535";
        return isPort;
    }

    /// <summary>A number of rounds.</summary>
    public static bool ParseRounds(string text, out int value, out string? problem)
    {
        problem = null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is > 0 and <= 1_000_000)
        {
            return true;
        }

        problem = $"'{text}' is not a number of rounds from 1 to 1000000";
        return false;
    }

    /// <summary>A duration that is not zero.</summary>
    public static bool ParsePositiveDuration(string text, out TimeSpan value, out string? problem)
    {
        if (!Duration.TryParse(text, out value, out problem))
        {
            return false;
        }

        problem = value < TimeSpan.FromMilliseconds(1) ? $"'{text}' is too short; at least 1ms" : null;
        return problem is null;
    }

    /// <summary>A duration; <c>0</c> is null: no more watching.</summary>
    public static bool ParseWatchInterval(string text, out TimeSpan? value, out string? problem)
    {
        value = null;
        if (!Duration.TryParse(text, out var interval, out problem))
        {
            return false;
        }

        if (interval > TimeSpan.Zero && interval < TimeSpan.FromSeconds(1))
        {
            problem = $"'{text}' is too short for a gate that is open; at least 1s, or 0 to stop watching";
            return false;
        }

        value = interval == TimeSpan.Zero ? null : interval;
        return true;
    }

    /// <summary>An absolute path; <c>off</c> is null.</summary>
    public static bool ParseState(string text, out string? value, out string? problem)
    {
        value = text == "off" ? null : text;
        problem = text == "off" || text.StartsWith('/') ? null : $"'{text}' is not an absolute path or off";
        return problem is null;
    }

    /// <summary>A duration, <c>0</c> or <c>none</c>.</summary>
    public static bool ParseTimeLimit(string text, out TimeLimit value, out string? problem)
    {
        value = default;
        if (text == "none")
        {
            problem = null;
            return true;
        }

        if (!Duration.TryParse(text, out var limit, out problem))
        {
            problem += "; 0 is one round, none is no limit";
            return false;
        }

        (value, problem) = (new TimeLimit(limit), null);
        return true;
    }

    /// <summary><c>on</c> or <c>off</c>.</summary>
    public static bool ParseSwitch(string text, out bool value, out string? problem)
    {
        value = text == "on";
        problem = text is "on" or "off" ? null : $"'{text}' is not on or off";
        return problem is null;
    }

    /// <summary>The form of results.</summary>
    public static bool ParseOutput(string text, out OutputFormat? value, out string? problem)
    {
        var parsed = ParseChoice<OutputFormat>(text, out var format, out problem);
        value = parsed ? format : null;
        return parsed;
    }

    /// <summary>One of the words of a closed set.</summary>
    public static bool ParseChoice<T>(string text, out T value, out string? problem)
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
}
