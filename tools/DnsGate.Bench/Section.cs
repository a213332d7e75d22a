using System.Text;

namespace DnsGate.Bench;

/// <summary>One line of a table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Measured">The cells of what came out.</param>
internal sealed record Figure(string What, params string[] Measured)
{
    /// <summary>What it is to be; null for a figure that only stands beside the others.</summary>
    public string? Target { get; private init; }

    /// <summary>Whether it is so.</summary>
    public bool IsMet { get; private init; } = true;

    /// <summary>The same figure with the target that it is held to.</summary>
    public Figure Against(string target, bool isMet) => this with { Target = target, IsMet = isMet };
}

/// <summary>One table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Columns">Heads of the columns before those of the target, if any figure has one.</param>
/// <param name="Figures">Its lines.</param>
/// <param name="Note">How to read it.</param>
internal sealed record Section(string Title, string[] Columns, IReadOnlyList<Figure> Figures, string Note)
{
    public bool HasMissed => Figures.Any(figure => !figure.IsMet);

    private bool HasTargets => Figures.Any(figure => figure.Target is not null);

    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append($"## {Title}\n\n");
        Row(text, HasTargets ? [.. Columns, "target", ""] : Columns);
        Row(text, [.. Enumerable.Repeat("---", Columns.Length + (HasTargets ? 2 : 0))]);
        foreach (var figure in Figures)
        {
            var result = figure.Target is null ? "" : figure.IsMet ? "met" : "**MISSED**";
            string[] cells = [figure.What, .. figure.Measured];
            Row(text, HasTargets ? [.. cells, figure.Target ?? "", result] : cells);
        }
        return text.Append($"\n{Note}\n").ToString();
    }

    private static void Row(StringBuilder text, string[] cells) => text.Append($"| {string.Join(" | ", cells)} |\n");
}
