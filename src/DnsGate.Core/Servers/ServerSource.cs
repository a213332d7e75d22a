using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Servers;

/// <summary>Where name servers come from (<c>--servers</c>, <c>--app</c>): a closed set.</summary>
public abstract record ServerSource
{
    /// <summary>The file that says which servers the pod's own resolver uses (resolv.conf(5)).</summary>
    public const string DefaultResolvConf = "/etc/resolv.conf";

    private ServerSource()
    {
    }

    /// <summary>One server named by the user.</summary>
    /// <param name="Address">Where it listens.</param>
    public sealed record Static(ServerAddress Address) : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => "static";
    }

    /// <summary>The <c>nameserver</c> lines of a file.</summary>
    /// <param name="Path">The file.</param>
    public sealed record ResolvConf(string Path) : ServerSource
    {
        /// <inheritdoc/>
        public override string ToString() => Path == DefaultResolvConf ? "resolv.conf" : $"resolv.conf:{Path}";
    }

    /// <summary>Reads one SPEC of <c>--servers</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        (source, problem) = (null, null);
        if (text == "auto")
        {
            source = new ResolvConf(DefaultResolvConf);
            return true;
        }

        if (text.StartsWith("kube:", StringComparison.Ordinal) || text.StartsWith("headless:", StringComparison.Ordinal))
        {
            problem = $"'{text}' is not supported yet; name the servers as ADDR[:PORT], or use resolv.conf[:FILE]";
            return false;
        }

        if (text.StartsWith("resolv.conf", StringComparison.Ordinal))
        {
            return TryParseResolvConf(text, out source, out problem);
        }

        if (!ServerAddress.TryParse(text, out var address, out problem))
        {
            problem = $"{problem} (a SPEC is ADDR[:PORT], [v6]:PORT, resolv.conf[:FILE] or auto)";
            return false;
        }

        source = new Static(address);
        return true;
    }

    /// <summary>Reads <c>resolv.conf</c> or <c>resolv.conf:FILE</c>.</summary>
    public static bool TryParseResolvConf(string text, [NotNullWhen(true)] out ServerSource? source, [NotNullWhen(false)] out string? problem)
    {
        const string Prefix = "resolv.conf:";
        (source, problem) = (null, null);
        if (text == "resolv.conf")
        {
            source = new ResolvConf(DefaultResolvConf);
        }
        else if (text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length)
        {
            source = new ResolvConf(text[Prefix.Length..]);
        }
        else
        {
            problem = $"'{text}' is not resolv.conf or resolv.conf:FILE";
        }

        return source is not null;
    }
}
