using System.Globalization;
using System.Text;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>
/// The verdict as text. The first line is the verdict itself; then a line for each server that does not agree, and what
/// to do. The same from round to round while nothing changes (no clock, no duration, no TTL), so that Kubernetes folds
/// repeated events.
/// </summary>
internal static class TextReport
{
    /// <summary>The whole text, each line ended.</summary>
    public static string Render(GateSnapshot snapshot) => Render(snapshot, Origin(snapshot, ListingReport.Failure).Concat(Notes(snapshot)));

    /// <summary>
    /// The text for a log, which has an entry for each source that could not be listed and each line that is not asked: one line for each
    /// source, without YAML to paste, and no notes.
    /// </summary>
    public static string RenderInBrief(GateSnapshot snapshot) => Render(snapshot, Origin(snapshot, ListingReport.FailureInBrief));

    /// <summary>The text without a word of the sources that could not be listed: what the servers say, and nothing else.</summary>
    public static string RenderWithoutFailures(GateSnapshot snapshot) => Render(snapshot, Origin(snapshot, null));

    private static string Render(GateSnapshot snapshot, IEnumerable<string> origin)
    {
        var text = new StringBuilder();
        text.Append(Headline(snapshot)).Append('\n');
        var disagreeing = snapshot.WrongFirst.Where(server => !server.Agrees).ToList();
        var width = disagreeing.Count == 0 ? 0 : disagreeing.Max(server => server.Server.DisplayName.Length);
        foreach (var server in disagreeing)
        {
            text.Append("  ").Append(server.Server.DisplayName.PadRight(width))
                .Append("   ").Append(server.Judgement.Reason.Name().PadRight(16))
                .Append(' ').Append(server.Judgement.Detail).Append(OfOtherName(server.View)).Append(Excuse(server.Server)).Append('\n');
        }

        foreach (var line in origin.Concat(Advice(snapshot)))
        {
            text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The first line: the status, the pod, and why.</summary>
    public static string Headline(GateSnapshot snapshot)
    {
        if (snapshot.Status == GateStatus.Disabled)
        {
            return $"disabled: {OptionTable.DisabledVariable}={Printable.Escape(snapshot.DisabledBecause ?? "")}; the "
                + "gate is open and asks nobody";
        }

        var status = snapshot.Status.Name();
        return $"{status}: {snapshot.Name} is {string.Join(' ', snapshot.Addresses)}{Because(snapshot)}";
    }

    /// <summary>
    /// How much was asked and where the servers were found, unless the user named them all; and which sources could not be
    /// listed: the gate never falls back in silence.
    /// </summary>
    /// <param name="snapshot">The verdict.</param>
    /// <param name="failure">Puts a source that could not be listed into words; null leaves them all out.</param>
    internal static IEnumerable<string> Origin(GateSnapshot snapshot, Func<SourceReport, string>? failure)
    {
        if (snapshot.Listing is not { } listing)
        {
            yield break;
        }

        if (listing.Coverage is not (Coverage.Static or Coverage.None))
        {
            yield return $"coverage: {CoverageOf(snapshot, listing)}";
        }

        foreach (var words in failure is null ? [] : listing.Failures.Select(failure))
        {
            yield return words.Replace("\n", "\n    ", StringComparison.Ordinal);
        }
    }

    /// <summary>What people should know of the list: lines of resolv.conf that are not asked.</summary>
    internal static IEnumerable<string> Notes(GateSnapshot snapshot) => snapshot.Listing?.Notes.Select(Printable.Escape) ?? [];
    /// <summary>How much of the cluster's servers is asked, and where they were found.</summary>
    internal static string CoverageOf(GateSnapshot snapshot, Listing listing) =>
        ListingReport.Coverage(listing)
        // A Service without endpoints whose address answers: where it does not, its pods may just be gone.
        + (listing.Coverage == Coverage.NodeService && snapshot.Servers.Any(server => server.Answered)
            ? "; the cluster's DNS runs on the node or in the cloud; only this node's server can be asked"
            : "");

    /// <summary>What each reason means and what to do, once for each; then the diagnoses.</summary>
    public static IEnumerable<string> Advice(GateSnapshot snapshot)
    {
        // Before the first round nothing is wrong yet.
        if (snapshot.Listing is null)
        {
            yield break;
        }

        foreach (var reason in Enum.GetValues<Reason>())
        {
            if (reason == Reason.Agrees || snapshot.Status == GateStatus.Open
                || (reason != snapshot.Reason && snapshot.RequiredServers.All(server => server.Judgement.Reason != reason)))
            {
                continue;
            }

            yield return reason.Remedy() is { } remedy
                ? $"{reason.Name()}: {reason.Meaning()}; {remedy}"
                : $"{reason.Name()}: {reason.Meaning()}";
        }

        foreach (var diagnosis in snapshot.Diagnoses)
        {
            yield return $"{diagnosis.Name}: {diagnosis.Meaning}; {diagnosis.Remedy}";
        }
    }

    /// <summary>Why what a server says does not count, where it does not.</summary>
    public static string Excuse(Server server) => server.Condition switch
    {
        EndpointCondition.Terminating => " (not required: the endpoint is terminating)",
        EndpointCondition.NotReady => " (not required: the endpoint is not ready)",
        _ => "",
    };

    /// <summary>The name that a server outside the cluster was asked for: the headline names the pod as the cluster knows it.</summary>
    private static string OfOtherName(View view) => view.Kind == ViewKind.External ? $", for {view.Name}" : "";

    private static string Because(GateSnapshot snapshot)
    {
        if (snapshot.Status == GateStatus.Drifting && Drift([.. snapshot.RequiredServers], snapshot.Reason) is { } drift)
        {
            return drift;
        }

        if (snapshot.Listing is null)
        {
            return snapshot.IsOpen ? "; resumed after a restart, no name server has been asked since" : ", but nobody has been asked yet";
        }

        var required = snapshot.RequiredServers.ToList();
        var agreeing = required.Count(server => server.Agrees);
        if (snapshot.Reason == Reason.DiscoveryFailed)
        {
            return required.Count == 0 ? ", but the name servers could not be listed"
                : snapshot.Listing is { LacksCoverage: true, Coverage: var coverage }
                    ? $", but the coverage is {coverage.Name()}, and --coverage complete is set"
                : ", but not all name servers could be listed";
        }

        if (snapshot.Reason == Reason.NoServers)
        {
            var cluster = required.Count(server => server.View.Kind == ViewKind.Cluster);
            return cluster == 0 ? ", but no name server was found to ask"
                : cluster < snapshot.Quorum.Needed(cluster)
                    ? $", but only {Count(cluster)} {(cluster == 1 ? "was" : "were")} found, and --require {snapshot.Quorum} must answer"
                : ", but the application's own name servers (--app) are none";
        }

        if (snapshot.Status == GateStatus.Undecidable)
        {
            return required.Count == 1 ? ", but the only name server does not answer" : $", but none of {Count(required.Count)} answers";
        }

        if (snapshot.Status == GateStatus.Open)
        {
            var heard = required.Count(server => !server.Judgement.IsSilence);
            return (heard == required.Count
                ? required.Count > 1 ? $" at all {Count(required.Count)}"
                : IsPartial(snapshot) ? " at 1 name server" : " at the only name server"
                : $" at {heard} of {Count(required.Count)}; the others are silent, which --require {snapshot.Quorum} excuses")
                + Reservation(snapshot);
        }

        return snapshot.Reason switch
        {
            Reason.Agrees => string.Create(
                CultureInfo.InvariantCulture,
                $", as {(agreeing == required.Count ? "every name server says" : $"{agreeing} of {Count(required.Count)} say")}, but not "
                + $"for long enough yet ({snapshot.Rule.Rounds} rounds that span {Duration.Format(snapshot.Rule.Settle)})"
                + $"{Reservation(snapshot)}"),
            Reason.ServersChanged => ", but the list of name servers has just changed",
            Reason.TtlZero => $", but {required.Count - agreeing} of {Count(required.Count)} answered with TTL 0, which does not count yet",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $", but {required.Count - agreeing} of {Count(required.Count)} "
                + $"{Predicate(required.Count - agreeing, required.All(server => server.Agrees || server.Judgement.IsSilence))}"),
        };
    }

    /// <summary>Whether there may be servers that agree or not and were not asked.</summary>
    private static bool IsPartial(GateSnapshot snapshot) =>
        snapshot.Coverage is Coverage.Sampled or Coverage.NodeService or Coverage.Intercepted;

    /// <summary>What agreement does not prove.</summary>
    private static string Reservation(GateSnapshot snapshot) => snapshot.Coverage switch
    {
        Coverage.Sampled => " (sampled: may have missed a server)",
        Coverage.NodeService => " (node-service: other nodes' servers cannot be asked)",
        Coverage.Intercepted => " (intercepted: one proxy answers for every server)",
        _ => "",
    };

    /// <summary>
    /// Which servers are against a gate that is open; null where it is not what they say. Whether a silent one was silent before,
    /// excused by <c>--require</c>, is not known here, and TTL 0 is not against it.
    /// </summary>
    private static string? Drift(List<ServerVerdict> required, Reason reason)
    {
        var silent = required.Count(server => server.Judgement.IsSilence);
        var wrong = required.Count(server => server.Judgement.IsWrong);
        if (wrong == 0)
        {
            return reason is Reason.TimedOut or Reason.Unreachable
                ? $", but now {silent} of {Count(required.Count)} {Predicate(silent, isSilence: true)}"
                : null;
        }

        return $"; since it opened, {wrong} of {Count(required.Count)} {(wrong == 1 ? "has" : "have")} come to "
            + $"disagree{(silent == 0 ? "" : $", and {silent} {Predicate(silent, isSilence: true)}")}";
    }

    private static string Predicate(int servers, bool isSilence) => (servers == 1, isSilence) switch
    {
        (true, true) => "does not answer",
        (true, false) => "disagrees",
        (false, true) => "do not answer",
        (false, false) => "disagree",
    };

    private static string Count(int servers) =>
        string.Create(CultureInfo.InvariantCulture, $"{servers} name {(servers == 1 ? "server" : "servers")}");
}
