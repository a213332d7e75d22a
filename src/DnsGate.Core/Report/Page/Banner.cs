using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report.Page;

/// <summary>The verdict, to be seen from across the room: state, sentence, what it means for the application, and since when.</summary>
internal static class Banner
{
    // Why the gate is switched off may be as long as a variable can be.
    private const int MostCharacters = 2000;

    /// <summary>What the gate says, in the words of a title.</summary>
    public static string State(GateSnapshot snapshot) => Severities.Words(snapshot.Status);

    public static void Write(Html page, GateSnapshot snapshot, PageFacts facts, PageClock clock)
    {
        if (facts.IsStopping)
        {
            page.Write($"<p class=\"stopping\" role=\"status\">Stopping: this sidecar received a signal, and /readyz returns 503.</p>\n");
        }

        page.Write($"<div class=\"banner is-{Name(snapshot)}\">\n<header>\n<h1>");
        page.Write($"<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{Shape(snapshot)}\"/></svg>{State(snapshot)}</h1>\n");
        page.Write($"<p class=\"verdict\">{Html.Cut(TextReport.Headline(snapshot), MostCharacters)}</p>\n"
            + $"<p class=\"then\">{Consequence(snapshot)}</p>\n");
        if (snapshot.History.Gate is [.., var last])
        {
            page.Write($"<p>{State(snapshot)} since <time datetime=\"{clock.StampAt(last.From)}\">{clock.At(last.From)}</time>, "
                + $"{clock.Ago(last.From)}</p>\n");
        }

        page.Write($"</header>\n</div>\n");
    }

    /// <summary>What is known of pod and list, and how far the gate has come.</summary>
    public static void WriteFacts(Html page, GateSnapshot snapshot, PageClock clock)
    {
        if (snapshot.Name is not { } name)
        {
            return;
        }

        page.Write($"<dl class=\"facts\">\n<dt>Pod</dt><dd>{name.ToString()} {string.Join(' ', snapshot.Addresses)}</dd>\n");
        if (snapshot.Status != GateStatus.Disabled)
        {
            var coverage = snapshot.Listing is { } listing ? TextReport.CoverageOf(snapshot, listing) : "not known yet";
            page.Write($"<dt>Coverage</dt><dd>{coverage}</dd>\n");
            page.Write($"<dt>Agreement</dt><dd>{Agreement(snapshot, clock)}</dd>\n");
            if (snapshot.IsResumed)
            {
                page.Write($"<dt>Resumed</dt><dd>the gate was open when the sidecar restarted at "
                    + $"<time datetime=\"{clock.StampAt(TimeSpan.Zero)}\">{clock.At(TimeSpan.Zero)}</time></dd>\n");
            }

            if (snapshot.History.LastRound is { } last)
            {
                // What stands below is from then: once open, that may be a minute ago (--watch-interval), or days where it is 0.
                page.Write($"<dt>Last asked</dt><dd><time datetime=\"{clock.StampAt(last)}\">{clock.At(last)}</time>, "
                    + $"{clock.Ago(last)} ago</dd>\n");
            }
        }

        page.Write($"</dl>\n");
    }

    private static string Name(GateSnapshot snapshot) => snapshot.Status == GateStatus.Drifting ? "drifting" : snapshot.Status.Name();

    private static string Agreement(GateSnapshot snapshot, PageClock clock)
    {
        if (snapshot.Listing is null)
        {
            return "not known yet";
        }

        if (snapshot.Status is GateStatus.Open or GateStatus.Drifting)
        {
            return snapshot.Status == GateStatus.Drifting ? "lost since the gate opened" : "settled";
        }

        var (state, rule) = (snapshot.State, snapshot.Rule);
        var needed = $"{rule.Rounds.ToString()} {(rule.Rounds == 1 ? "round" : "rounds in a row")}"
            + $"{(rule.Settle > TimeSpan.Zero ? $" that span {Duration.Format(rule.Settle)}" : "")}";
        return state.AgreesSince is { } since
            ? $"{state.AgreeingRounds.ToString()} of {needed}, since {clock.At(since)}"
            : $"not yet; it takes {needed}";
    }

    private static string Consequence(GateSnapshot snapshot) => snapshot switch
    {
        { Status: GateStatus.Drifting } =>
            "The application keeps running. Nothing is restarted or taken out of service. Check the servers below.",
        { Status: GateStatus.Open } => "The application may run.",
        { Status: GateStatus.Disabled } => "The application starts unchecked.",
        { Listing: null } => "The first round has not ended. The application is held back.",
        _ => "The application is held back.",
    };

    // An octagon with a bar, a ring with a tick, a triangle with "!", a diamond with "?", a ring that is struck out.
    private static string Shape(GateSnapshot snapshot) => Name(snapshot) switch
    {
        "closed" => "M8 2h8l6 6v8l-6 6H8l-6-6V8zM7 12h10",
        "open" => "M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20M7 12.5l3.5 3.5L17 9",
        "drifting" => "M12 2.5L22.5 21h-21zM12 9v6M12 17v1.6",
        "undecidable" => "M12 1.5L22.5 12L12 22.5L1.5 12zM9.5 10a2.5 2.5 0 1 1 3.6 2.2q-1.1.6-1.1 1.8M12 16v1.6",
        _ => "M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20M5 5l14 14",
    };
}
