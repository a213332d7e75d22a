using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report.Page;

/// <summary>
/// A page as it is written. What stands in the text of the program is markup, what stands in its holes is text and is
/// escaped: <c>page.Write($"&lt;td&gt;{record}&lt;/td&gt;")</c>. There is no other way to write, so nothing from outside
/// can be markup, in an element or in a quoted attribute.
/// </summary>
internal sealed class Html
{
    private readonly StringBuilder page = new(16 * 1024);

    /// <summary>Writes markup with text in its holes.</summary>
    /// <param name="markup">Well-formed as XML too, attributes in double quotes.</param>
    public void Write([InterpolatedStringHandlerArgument("")] Markup markup) => markup.End(page);

    /// <summary>Writes words of ours, in which what stands between backticks is to be typed: <c>say `--reverse off`</c>.</summary>
    public void WriteProse(string words)
    {
        var isCode = false;
        foreach (var part in words.Split('`'))
        {
            if (isCode)
            {
                Write($"<code>{part}</code>");
            }
            else
            {
                Write($"{part}");
            }

            isCode = !isCode;
        }
    }

    /// <summary>The text, cut off where it is longer: a name has up to a thousand characters, and a cell has to be read.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";

    /// <inheritdoc/>
    public override string ToString() => page.ToString();

    // The page is well-formed as XML, which has no character for U+0000 to U+001F, lone surrogates, U+FFFE and U+FFFF: none of them prints.
    private void Escape(string text)
    {
        foreach (var character in Printable.Escape(text))
        {
            _ = character switch
            {
                '<' => page.Append("&lt;"),
                '>' => page.Append("&gt;"),
                '&' => page.Append("&amp;"),
                '"' => page.Append("&quot;"),
                '\'' => page.Append("&#39;"),
                _ => page.Append(character),
            };
        }
    }

    /// <summary>What the compiler makes of <c>$"…"</c>: literal parts are markup, holes are text.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Markup
    {
        private readonly Html html;

        /// <summary>Called by the compiler.</summary>
        public Markup(int literalLength, int holes, Html html)
        {
            this.html = html;
            html.page.EnsureCapacity(html.page.Length + literalLength + holes);
        }

        /// <summary>Called by the compiler.</summary>
        public void AppendLiteral(string markup) => html.page.Append(markup);

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted(string text) => html.Escape(text);

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted(int number) => html.page.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>Nothing is left to write: parts are written one by one, in order.</summary>
        public void End(StringBuilder page) => Debug.Assert(ReferenceEquals(page, html.page), "written to the page that was called");
    }
}
