using System.Collections.Immutable;
using System.Globalization;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Discovery;

/// <summary>The search list of resolv.conf(5): how a resolver completes a relative name.</summary>
/// <param name="Domains">The domains to try, in order.</param>
/// <param name="Ndots">A name with at least this many dots is tried as it is first.</param>
internal sealed record SearchList(ImmutableArray<DnsName> Domains, int Ndots)
{
    // glibc: RES_MAXNDOTS.
    private const int MaxNdots = 15;

    /// <summary>Reads the last <c>search</c> or <c>domain</c> line, and <c>ndots</c>, as glibc does.</summary>
    /// <param name="resolvConf">The text of the file.</param>
    public static SearchList Read(string resolvConf)
    {
        var (domains, ndots) = (ImmutableArray<DnsName>.Empty, 1);
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["search", .. var names]:
                    domains = Parse(names);
                    break;
                case ["domain", var name, ..]:
                    domains = Parse([name]);
                    break;
                case ["options", .. var options]:
                    foreach (var option in options.Where(option => option.StartsWith("ndots:", StringComparison.Ordinal)))
                    {
                        var isNumber = int.TryParse(option.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                        ndots = isNumber ? Math.Min(number, MaxNdots) : ndots;
                    }

                    break;
            }
        }

        return new SearchList(domains, ndots);
    }

    /// <summary>The names that a resolver asks for, in order, until one of them exists.</summary>
    /// <param name="name">The name as it is written; with a trailing dot it is complete.</param>
    /// <returns>Empty when no candidate is a valid name.</returns>
    public ImmutableArray<DnsName> Candidates(string name)
    {
        var completed = name.EndsWith('.')
            ? []
            : Domains.Select(domain => $"{name}.{domain}");
        var isComplete = name.EndsWith('.') || name.Count(character => character == '.') >= Ndots;
        return Parse(isComplete ? [name, .. completed] : [.. completed, name]);
    }

    private static ImmutableArray<DnsName> Parse(IEnumerable<string> names) =>
        [.. names.Select(name => DnsName.TryParse(name, out var parsed, out _) ? parsed : null).OfType<DnsName>().Distinct()];
}
