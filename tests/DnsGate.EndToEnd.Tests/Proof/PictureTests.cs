using System.Globalization;
using System.Xml.Linq;
using DnsGate.Prove;

namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>The rows of the proof as a picture.</summary>
public sealed class PictureTests
{
    [Fact]
    public void A_dot_for_each_trial_that_joined_at_its_own_time_and_a_cross_for_the_others()
    {
        var svg = Draw(
            Rows.Row("nothing", Rows.Joining(0, 2, 32, 1)),
            Rows.Row("nothing", Rows.Joining(0, 20, 20)), Rows.Row("nothing", Rows.Joining(0, 41, 1)),
            Rows.Row("nothing", Rows.Joining(0, 59, 1)),
            Rows.Row("nothing", Rows.Joining(0, null, 20)), Rows.Row("run", Rows.Joining(25, 26, 20)));

        double[] across = [.. Named(svg, "circle")
            .Where(dot => Class(dot).StartsWith("other", StringComparison.Ordinal))
            .Select(dot => double.Parse(dot.Attribute("cx")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(4, across.Distinct().Count());
        Assert.Equal(across.Order(), across);
        Assert.Equal(["other again", "other", "other", "other", "gate"], Named(svg, "circle").Select(Class));
        Assert.Equal("1 of 5", Assert.Single(Named(svg, "text"), text => Class(text) == "count").Value);
        Assert.Equal(
            ["nothing", "dnsgate run (wrapper)"],
            Named(svg, "text")
                .Where(text => text.Attribute("x")?.Value == "12" && text.Attribute("y")?.Value is not ("22" or "42"))
                .Select(text => text.Value));
    }

    [Fact]
    public void All_is_within_the_picture()
    {
        var svg = Draw([.. Variant.All.SelectMany(variant =>
            Enumerable.Range(0, 20).Select(trial => Rows.Row(variant.Key, Rows.Joining(0, trial * 3, 31 - trial), trial)))]);

        double[] box = [.. svg.Attribute("viewBox")!.Value.Split(' ').Select(side => double.Parse(side, CultureInfo.InvariantCulture))];
        Assert.All(Named(svg, "circle"), dot =>
        {
            Assert.InRange(double.Parse(dot.Attribute("cx")!.Value, CultureInfo.InvariantCulture), 0, box[2]);
            Assert.InRange(double.Parse(dot.Attribute("cy")!.Value, CultureInfo.InvariantCulture), 0, box[3]);
        });
    }

    private static XElement Draw(params Row[] rows) => XElement.Parse(Picture.Draw(rows));

    private static IEnumerable<XElement> Named(XElement svg, string name) =>
        svg.Descendants().Where(element => element.Name.LocalName == name);

    private static string Class(XElement element) => element.Attribute("class")?.Value ?? "";
}
