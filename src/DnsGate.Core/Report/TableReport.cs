using System.Globalization;
using System.Text;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>
/// The verdict as a table for a terminal: server × verdict, A, AAAA, PTR; what matters most stands
/// where a narrow terminal does not cut it off.
/// </summary>
internal static class TableReport
{
    private static readonly string[] Header = ["SERVER", "VIEW", "VERDICT", "TTL", "SINCE", "A", "AAAA", "PTR", "POD"];

    /// <summary>The table under its headline, each line ended.</summary>
    /// <param name="snapshot">What to show.</param>
    /// <param name="paint">Whether to colour the verdicts (ANSI).</param>
    /// <param name="width">Columns of the terminal: no line is longer.</param>
    /// <param name="progress">What follows the headline, one line or more; null for a result.</param>
    /// <param name="since">How long a server has given its present answer; null leaves the column out.</param>
    public static string Render(
        GateSnapshot snapshot, bool paint, int width, string? progress = null, Func<ServerVerdict, TimeSpan>? since = null)
    {
        var servers = snapshot.WrongFirst.ToList();
        var severalViews = servers.Any(server => server.View.Key != servers[0].View.Key);
        var rows = new List<string[]> { Header };
        foreach (var server in servers)
        {
            rows.Add(
            [
                server.Server.Address.ToString(),
                severalViews ? server.View.Kind.Name() : "",
                server.Judgement.Reason.Name(),
                Ttl(snapshot, server),
                since is null ? "" : Text.Duration.Format(TimeSpan.FromSeconds(Math.Floor(since(server).TotalSeconds))),
                Cell(server, RecordType.A, snapshot.Name),
                Cell(server, RecordType.AAAA, snapshot.Name),
                Cell(server, RecordType.PTR, snapshot.Name),
                server.Server.PodName,
            ]);
        }

        var widths = new int[Header.Length];
        foreach (var row in rows.Skip(1))
        {
            for (var column = 0; column < widths.Length; column++)
            {
                // A column that is empty in every row is left out, its header too.
                widths[column] = row[column].Length == 0
                    ? widths[column]
                    : Math.Max(widths[column], Math.Max(row[column].Length, Header[column].Length));
            }
        }

        var text = new StringBuilder();
        foreach (var line in new[] { TextReport.Headline(snapshot), progress }
            .OfType<string>().SelectMany(line => Wrapped.Lines("", line, width)))
        {
            text.Append(Fit(line, width)).Append('\n');
        }

        for (var index = 0; index < rows.Count && rows.Count > 1; index++)
        {
            var row = rows[index];
            var line = Fit(
                string.Concat(row.Select((cell, column) => widths[column] == 0 ? "" : cell.PadRight(widths[column] + 2))).TrimEnd(), width);
            text.Append(paint && index > 0 ? Paint(line, servers[index - 1]) : line).Append('\n');
        }

        foreach (var line in TextReport.MissingPeers(snapshot)
            .Concat(TextReport.Origin(snapshot, ListingReport.FailureInBrief))
            .Concat(TextReport.Notes(snapshot))
            .SelectMany(line => Wrapped.Lines("", line, width)))
        {
            text.Append(Fit(line, width)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What a gate that waits does next: how much of the window is left, and of the time.</summary>
    /// <param name="snapshot">The gate now.</param>
    /// <param name="timeout">The time limit of the wait; null for none.</param>
    /// <returns>Null when the gate is open.</returns>
    public static string? Progress(GateSnapshot snapshot, TimeSpan? timeout)
    {
        if (snapshot.IsOpen)
        {
            return null;
        }

        if (snapshot.Reason == Reason.PeerMissing)
        {
            return timeout is { } time ? $"waiting for peers; --timeout in {Seconds(time - snapshot.Now)}" : "waiting for peers";
        }

        var (rule, window) = (snapshot.Rule, snapshot.State);
        var left = rule.Settle - (snapshot.Now - window.AgreesSince) ?? rule.Settle;
        var confirming = window.AgreesSince is null
            ? "not confirming"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"confirming: round {Math.Min(window.AgreeingRounds, rule.Rounds)} of {rule.Rounds}, {Seconds(left)} left");
        return timeout is { } limit ? $"{confirming}; --timeout in {Seconds(limit - snapshot.Now)}" : confirming;

        static string Seconds(TimeSpan time)
        {
            var seconds = (long)Math.Max(0, Math.Ceiling(time.TotalSeconds));
            return string.Create(CultureInfo.InvariantCulture, $"{(seconds < 60 ? "" : $"{seconds / 60}m")}{seconds % 60}s");
        }
    }

    /// <summary>How much of the TTL of a wrong answer is left, where a cache holds it; otherwise the TTL that it had.</summary>
    private static string Ttl(GateSnapshot snapshot, ServerVerdict server) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(snapshot.ExpiresIn(server) is { } seconds ? $"{seconds}s left" : ViewJudge.TtlOfWrong(server) is { } ttl ? $"{ttl}s" : "")}");

    // The answers to applications come last, after the private ones. Samples may differ.
    private static string Cell(ServerVerdict server, RecordType type, DnsName? ownName)
    {
        var asked = server.Observations.Where(observation => observation.Question.Type == type).ToList();
        return string.Join(" / ", asked
            .Where(observation => observation.Question.Step == asked[^1].Question.Step)
            .Select(observation => IsJust(ownName, observation) ? "own name" : AnswerText.Describe(observation.Outcome))
            .Distinct()
            .Order(StringComparer.Ordinal));
    }

    private static bool IsJust(DnsName? name, Observation observation) =>
        observation.Outcome is Outcome.Responded { Answer: Answer.Records { Data: [RecordData.Pointer pointer] } }
        && pointer.Target.Equals(name);

    private static string Fit(string line, int width) => line.Length <= width || width < 2 ? line : $"{line[..(width - 1)]}…";

    private static string Paint(string line, ServerVerdict server)
    {
        var colour = server.Agrees ? "32" : server.Server.Required && server.Judgement.Reason != Reason.TtlZero ? "31" : "33";
        return $"\u001b[{colour}m{line}\u001b[0m";
    }
}
