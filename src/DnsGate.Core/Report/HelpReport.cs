using System.Globalization;
using System.Text;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>The help of the program and of each verb.</summary>
internal static class HelpReport
{
    /// <summary>What the program is for, in one sentence.</summary>
    public const string Purpose = "DnsGate holds a pod's application back until every DNS server in the cluster returns the pod's "
        + "current IP (A/AAAA) and name (PTR).";

    /// <summary>The help of the program, each line ended.</summary>
    /// <param name="width">Columns of the terminal.</param>
    public static string Render(int width)
    {
        var page = new StringBuilder();
        AppendWrapped(page, "", Purpose, width);
        Heading(page, "Usage");
        page.Append("  dnsgate VERB [OPTIONS]\n");
        Heading(page, "Verbs");
        foreach (var verb in VerbTable.All)
        {
            Row(page, verb.Name, verb.Summary, 9, width);
        }

        page.Append('\n');
        AppendWrapped(page, "", "'dnsgate help VERB' shows the options, exit codes and an example of a verb.", width);
        return page.ToString();
    }

    /// <summary>The help of one verb, each line ended.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Render(VerbDefinition verb, int width)
    {
        var page = new StringBuilder();
        AppendWrapped(page, "", verb.Summary, width);
        Heading(page, "Usage");
        string[] parts = ["dnsgate", verb.Name, verb.Arguments, verb.Options.IsEmpty ? "" : "[OPTIONS]", verb.Command];
        page.Append("  ").AppendJoin(' ', parts.Where(part => part.Length > 0)).Append('\n');
        if (!verb.Options.IsEmpty)
        {
            Heading(page, "Options (each can be set by the variable in brackets)");
            foreach (var option in verb.Options)
            {
                Row(page, Flag(option), $"{option.Meaning}. [{option.Environment}] (default: {option.Default})", 30, width);
            }
        }

        if (!verb.Ignored.IsEmpty)
        {
            Heading(page, "Accepted and ignored (the arguments of one manifest fit every verb)");
            foreach (var option in verb.Ignored)
            {
                Row(page, Flag(option), $"[{option.Environment}]", 30, width);
            }
        }

        if (verb.CanBeDisabled)
        {
            Heading(page, "Kill switch");
            Row(page, $"{OptionTable.DisabledVariable}=WHY",
                "Opens at once, without asking, and logs WHY. 0, no and false do nothing.", 30, width);
        }

        Heading(page, "Exit codes");
        foreach (var (code, meaning) in verb.ExitCodes)
        {
            Row(page, code.ToString(CultureInfo.InvariantCulture), meaning, 5, width);
        }

        Heading(page, verb.Examples.Length == 1 ? "Example" : "Examples");
        foreach (var example in verb.Examples)
        {
            page.Append("  ").Append(example).Append('\n');
        }

        return page.ToString();
    }

    private static string Flag(OptionDefinition option) =>
        $"{(option.ShortFlag is { } shortFlag ? $"{shortFlag}, " : "")}{option.Flag} {option.Value}";

    private static void Heading(StringBuilder page, string title) => page.Append('\n').Append(title).Append(":\n");

    /// <summary>A term and its text, the text in a column of its own where the term leaves room.</summary>
    private static void Row(StringBuilder page, string term, string text, int column, int width)
    {
        var lines = Wrapped.Lines("", text, Math.Max(width - column - 4, 20)).Select(line => line.TrimStart()).ToList();
        var first = term.Length <= column;
        page.Append("  ").Append(first ? term.PadRight(column) : term).Append(first ? "  " + lines[0] : "").Append('\n');
        foreach (var line in first ? lines.Skip(1) : lines)
        {
            page.Append(' ', column + 4).Append(line).Append('\n');
        }
    }

    private static void AppendWrapped(StringBuilder page, string indent, string text, int width)
    {
        foreach (var line in Wrapped.Lines(indent, text, width))
        {
            page.Append(line.TrimStart()).Append('\n');
        }
    }
}
