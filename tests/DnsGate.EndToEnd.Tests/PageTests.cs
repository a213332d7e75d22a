using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Report;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// The page of the sidecar in a real browser: what a parser cannot tell. Every scene is shown in a frame of each width and
/// scheme, by one start of chromium; a script around the frames measures them, since the pages have none.
/// </summary>
public sealed partial class PageTests
{
    private const int Narrow = 320;
    private const int Phone = 360;
    private const int Laptop = 1280;
    private const int Wide = 1400;

    private static readonly (int Width, string Scheme)[] Screens =
        [(Narrow, "light"), (Narrow, "dark"), (Phone, "light"), (Laptop, "dark"), (Wide, "light")];

    [Fact]
    public async Task In_a_browser_every_page_fits_its_screen_can_be_read_and_runs_nothing()
    {
        Machine.NeedsProgram("chromium", "chromium");
        var frames = await ShowAsync();
        Assert.Equal(PageScenes.All.Count * Screens.Length, frames.Length);
        Assert.All(frames, frame =>
        {
            Assert.True(frame.Overflow <= 0, $"{frame}: {frame.Overflow} px wider than the screen");
            Assert.True(frame.HeadingOverflow <= 0, $"{frame}: a word of the heading is broken, {frame.HeadingOverflow} px too wide");
            Assert.True(frame.LeastContrast >= 4.5, $"{frame}: contrast of {frame.LeastContrast:f2} at '{frame.LeastContrastAt}'");
            // Under the policy that the sidecar sends, the styles apply, and the text of a hostile page is no script.
            Assert.Equal("uppercase", frame.HeadingTransform);
            Assert.Equal((0, false), (frame.Strangers, frame.Owned));
            Assert.Equal(frame.IsDark, frame.BackgroundLuminance < 0.1);
            Assert.True(frame.NarrowestPart is null or >= 0.9, $"{frame}: a part of a bar is {frame.NarrowestPart} px wide");
            Assert.True(frame.ScaleGap is null or > 2, $"{frame}: times of the scale are {frame.ScaleGap} px apart");
            Assert.True(
                frame.RowDisplay is null || frame.RowDisplay == (frame.Width <= Phone ? "block" : "table-row"),
                $"{frame}: rows are {frame.RowDisplay}");
        });
    }

    private static async Task<Frame[]> ShowAsync()
    {
        using TemporaryDirectory directory = new();
        var harness = directory.Write("harness.html", Harness());
        var ended = await Child.RunAsync(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--disable-breakpad", "--disable-background-networking", "--no-first-run",
                $"--user-data-dir={directory.File("profile")}", "--dump-dom", $"file://{harness}",
            ],
            new Dictionary<string, string> { ["HOME"] = directory.Path });
        var result = Result().Match(ended.Stdout);
        Assert.True(result.Success, ended.Stderr);
        return JsonSerializer.Deserialize<Frame[]>(Convert.FromBase64String(result.Groups[1].Value), JsonSerializerOptions.Web)!;
    }

    private static string Harness()
    {
        StringBuilder frames = new();
        foreach (var (name, (moment, facts)) in PageScenes.All)
        {
            var page = PageReport.Render(moment, facts);
            // The hostile page has to be harmless by itself, all others are shown as the sidecar sends them.
            var shown = WebUtility.HtmlEncode(name == "hostile" ? page : page.Replace(
                "<head>", "<head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>",
                StringComparison.Ordinal));
            foreach (var (width, scheme) in Screens)
            {
                frames.Append(
                    CultureInfo.InvariantCulture,
                    $"<iframe data-name=\"{name}\" data-scheme=\"{scheme}\" width=\"{width}\" height=\"800\" "
                    + $"style=\"border:0;color-scheme:{scheme}\" srcdoc=\"{shown}\"></iframe>\n");
            }
        }

        return $"<!doctype html><html><body>{frames}<pre id=\"result\"></pre><script>{Script}</script></body></html>";
    }

    // Colours are put upon each other and read back through a canvas: the browser knows all their notations.
    private const string Script = """
        const dot = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
        const luminance = colours => {
          dot.clearRect(0, 0, 1, 1);
          for (const colour of colours) { dot.fillStyle = colour; dot.fillRect(0, 0, 1, 1); }
          const [r, g, b] = [...dot.getImageData(0, 0, 1, 1).data].map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const known = 'html, head, meta, title, style, body, header, main, footer, nav, section, h1, h2, h3, p, a, b, code, pre, span, div, time, dl, dt, dd, ul, ol, li, table, thead, tbody, tr, th, td, svg, path, rect, rect title';
        const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const measure = frame => {
          const page = frame.contentDocument, style = element => frame.contentWindow.getComputedStyle(element);
          const behind = element => element ? [...behind(element.parentElement), style(element).backgroundColor] : ['white'];
          const hasText = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
          const texts = [...page.body.querySelectorAll('*')].filter(element => !element.closest('svg') && hasText(element)).map(element => {
            const under = behind(element);
            return [contrast(luminance(under), luminance([...under, style(element).color])), element];
          }).sort((a, b) => a[0] - b[0]);
          const parts = [...page.querySelectorAll('rect')].map(part => part.getBoundingClientRect().width).sort((a, b) => a - b);
          const times = [...page.querySelectorAll('.scale span')].map(time => time.getBoundingClientRect()).filter(time => time.width > 0);
          const gaps = times.slice(1).map((time, index) => time.left - times[index].right).sort((a, b) => a - b);
          const row = page.querySelector('tbody tr'), heading = page.querySelector('h1');
          const overflow = page.documentElement.scrollWidth - frame.contentWindow.innerWidth;
          heading.style.overflowWrap = 'normal';
          return {
            name: frame.dataset.name, isDark: frame.dataset.scheme === 'dark', width: frame.contentWindow.innerWidth,
            overflow, headingOverflow: heading.scrollWidth - heading.clientWidth,
            leastContrast: texts[0][0], leastContrastAt: texts[0][1].outerHTML.slice(0, 100),
            headingTransform: style(heading).textTransform,
            backgroundLuminance: luminance(behind(page.body)),
            strangers: page.querySelectorAll(`:not(${known})`).length,
            owned: page.title === 'owned' || document.title === 'owned',
            narrowestPart: parts.length ? parts[0] : null,
            scaleGap: gaps.length ? gaps[0] : null,
            rowDisplay: row ? style(row).display : null,
          };
        };
        addEventListener('load', () => {
          const bytes = new TextEncoder().encode(JSON.stringify([...document.querySelectorAll('iframe')].map(measure)));
          document.getElementById('result').textContent = btoa(Array.from(bytes, value => String.fromCharCode(value)).join(''));
        });
        """;

    [GeneratedRegex("<pre id=\"result\">([A-Za-z0-9+/=]+)</pre>")]
    private static partial Regex Result();

    /// <summary>What was measured of one page in one frame.</summary>
    private sealed record Frame(
        string Name,
        bool IsDark,
        int Width,
        double Overflow,
        double HeadingOverflow,
        double LeastContrast,
        string LeastContrastAt,
        string HeadingTransform,
        double BackgroundLuminance,
        int Strangers,
        bool Owned,
        double? NarrowestPart,
        double? ScaleGap,
        string? RowDisplay)
    {
        public override string ToString() => $"{Name}, {Width} px, {(IsDark ? "dark" : "light")}";
    }
}
