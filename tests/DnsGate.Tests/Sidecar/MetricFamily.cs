using System.Globalization;
using System.Text.RegularExpressions;

namespace DnsGate.Tests.Sidecar;

/// <summary>A metric family, read from the Prometheus text format.</summary>
internal sealed partial record MetricFamily(string Name, string Help, string Type, IReadOnlyList<(string Name, double Value)> Series)
{
    /// <summary>The names of the labels, in the order of the text, without the bounds of buckets.</summary>
    public IEnumerable<string> Labels =>
        LabelName().Matches(Series[0].Name).Select(match => match.Groups[1].Value).Where(label => label != "le");

    /// <summary>Reads a text in which each family has HELP, then TYPE, then its series.</summary>
    public static IReadOnlyList<MetricFamily> Parse(string text)
    {
        List<MetricFamily> families = [];
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 4);
            if (words is ["#", "HELP", var name, var help])
            {
                families.Add(new MetricFamily(name, help, "", []));
                continue;
            }

            var family = families[^1];
            Assert.StartsWith(family.Name, words is ["#", "TYPE", ..] ? words[2] : line, StringComparison.Ordinal);
            var space = line.LastIndexOf(' ');
            families[^1] = words[0] == "#"
                ? family with { Type = words[3] }
                : family with
                {
                    Series = [.. family.Series, (line[..space], double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture))],
                };
        }

        return families;
    }

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex LabelName();
}
