using System.Globalization;
using System.Net;
using System.Text;

namespace DnsGate.Prove;

/// <summary>The rows as a picture: a line for each variant, a dot for each trial.</summary>
internal static class Picture
{
    private const int Width = 880;
    private const int Left = 260;
    private const int Right = 690;
    private const int Top = 64;
    private const int LineHeight = 34;
    private const double From = -30;
    // Nobody joins later than 60 s, and a DNS server may be right from the beginning.
    private const double To = 60;

    public static string Draw(IReadOnlyList<Row> rows)
    {
        Variant[] variants = [.. Variant.All.Where(variant => rows.Any(row => row.Trial.Variant == variant))];
        var bottom = Top + variants.Length * LineHeight;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{bottom + 60}}" role="img" aria-label="Seconds from the last DNS server's turn until the recreated ZooKeeper member had joined, a dot for each trial">
            <style>
              svg { background: #ffffff } text { font: 13px system-ui, sans-serif; fill: #1f2328 } .faint { fill: #59636e } .head { font-weight: 600 }
              .grid { stroke: #d1d9e0 } .zero { stroke: #59636e; stroke-width: 1.5 } .gate { fill: #1a7f37; stroke: #1a7f37 } .other { fill: #9a6700; stroke: #9a6700 }
              .again { fill: none; stroke-width: 1.5 } .lost { stroke: #cf222e; stroke-width: 1.5; fill: none } .count { fill: #cf222e }
              @media (prefers-color-scheme: dark) {
                svg { background: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 } .grid { stroke: #3d444d } .zero { stroke: #9198a1 }
                .gate { fill: #3fb950; stroke: #3fb950 } .other { fill: #d29922; stroke: #d29922 } .again { fill: none } .lost { stroke: #f85149; fill: none } .count { fill: #f85149 }
              }
            </style>
            <text class="head" x="12" y="22">A ZooKeeper leader comes back under a new address while DNS servers are stale</text>
            <text class="faint" x="12" y="42">When it joined: seconds after the last DNS server was right. A dot is a trial, hollow where the container was restarted before.</text>

            """);
        for (var at = From; at <= To; at += 10)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"{(at == 0 ? "zero" : "grid")}\" x1=\"{X(at):f1}\" x2=\"{X(at):f1}\" y1=\"{Top - 8}\" y2=\"{bottom}\"/>");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"faint\" text-anchor=\"middle\" x=\"{X(at):f1}\" y=\"{bottom + 18}\">{at:+0;−0;0} s</text>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"faint\" text-anchor=\"end\" x=\"{X(0) - 8:f1}\" y=\"{bottom + 38}\">joined, but a DNS server still "
            + $"gives the old address</text>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"faint\" x=\"{X(0) + 8:f1}\" y=\"{bottom + 38}\">every DNS server is right</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"faint\" x=\"{Right + 30}\" y=\"{bottom + 18}\">not within 60 s</text>\n");
        for (var line = 0; line < variants.Length; line++)
        {
            Draw(
                svg, variants[line], [.. rows.Where(row => row.Trial.Variant == variants[line])], Top + line * LineHeight + LineHeight / 2);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, Variant variant, IReadOnlyList<Row> rows, int y)
    {
        var title = variant.Title.Replace("*", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text{(variant.IsGate ? " class=\"head\"" : "")} x=\"12\" y=\"{y + 4}\">{WebUtility.HtmlEncode(title)}</text>\n");
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].AfterRight is not { } after)
            {
                continue;
            }
            // Side by side in height, so that dots at one time do not hide each other.
            var lifted = y + i % 5 * 5 - 10;
            var style = $"{(variant.IsGate ? "gate" : "other")}{(rows[i].IsFirstTry ? "" : " again")}";
            svg.Append(
                CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{X(after.TotalSeconds):f1}\" cy=\"{lifted}\" r=\"3\"/>");
        }

        var lost = rows.Count(row => row.JoinedAt is null);
        if (lost > 0)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path class=\"lost\" d=\"M{Right + 34} {y - 5}l10 10m0 -10l-10 10\"/>"
                + $"<text class=\"count\" x=\"{Right + 52}\" y=\"{y + 4}\">{lost} of {rows.Count}</text>");
        }

        svg.Append('\n');
    }

    private static double X(double seconds) => Left + (Math.Clamp(seconds, From, To) - From) / (To - From) * (Right - Left);
}
