using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>
/// The verdict as text. The first line is the verdict itself; then a line for each server that does not agree, and what
/// to do. The same from round to round while nothing changes (no clock, no duration, no TTL unless asked for), so that Kubernetes
/// folds repeated events.
/// </summary>
internal static class TextReport
{
    /// <summary>Characters of the first line at most: events and probes show it.</summary>
    public const int MaxHeadline = 200;

    // A list of members may have a thousand, and a cluster dozens of servers.
    private const int MostPeers = 10;
    private const int MostServersOfPeer = 3;

    /// <summary>The whole text, each line ended.</summary>
    /// <param name="snapshot">The verdict.</param>
    /// <param name="withTtl">Whether to tell the TTL of wrong answers too. It changes each second: not for events.</param>
    public static string Render(GateSnapshot snapshot, bool withTtl = false) =>
        Render(snapshot, Origin(snapshot, ListingReport.Failure).Concat(Notes(snapshot)), withTtl);

    /// <summary>
    /// The text for a log, which has an entry for each source that could not be listed and each line that is not asked: one line for each
    /// source, without YAML to paste, and no notes.
    /// </summary>
    public static string RenderInBrief(GateSnapshot snapshot) => Render(snapshot, Origin(snapshot, ListingReport.FailureInBrief));

    /// <summary>The text without a word of the sources that could not be listed: what the servers say, and nothing else.</summary>
    public static string RenderWithoutFailures(GateSnapshot snapshot) => Render(snapshot, Origin(snapshot, null));

    private static string Render(GateSnapshot snapshot, IEnumerable<string> origin, bool withTtl = false)
    {
        var text = new StringBuilder();
        text.Append(Headline(snapshot)).Append('\n');
        // Where no server has to agree, all that are listed are shown.
        var disagreeing = snapshot.WrongFirst.Where(server => !server.Agrees || snapshot.Reason == Reason.NoServers).ToList();
        var width = disagreeing.Count == 0 ? 0 : disagreeing.Max(server => NameOf(server).Length);
        foreach (var server in disagreeing)
        {
            text.Append(
                ($"  {NameOf(server).PadRight(width)}   {server.Judgement.Reason.Name(),-16} {server.Judgement.Detail}"
                    + OfOtherName(server.View) + Excuse(server.Server) + (server.Server.Samples > 1 ? " (sampled)" : "")
                    + (withTtl ? Ttl(snapshot, server) : "")).TrimEnd()).Append('\n');
        }

        // Only the first line of a gate that is open and agrees has room for them.
        var expected = snapshot is { Name: { } name, Status: not GateStatus.Open }
            ? [$"expected: {name} = {string.Join(' ', snapshot.Addresses)}"]
            : Array.Empty<string>();
        foreach (var line in expected.Concat(MissingPeers(snapshot)).Concat(origin).Concat(Advice(snapshot)))
        {
            text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A line for each wrong name of <c>--also</c> and each missing member of <c>--peers</c>, the first ones of many.</summary>
    internal static IEnumerable<string> MissingPeers(GateSnapshot snapshot)
    {
        foreach (var name in (snapshot.Peers?.WrongAlso ?? []).Take(MostPeers))
        {
            yield return $"also {Printable.Escape(name.Peer.Text)}   wrong   {name.Detail}{At(name.MissingAt)}";
        }

        List<PeerVerdict> missing = [.. snapshot.Peers?.Missing ?? []];
        foreach (var peer in missing.Take(MostPeers))
        {
            yield return $"peer {Printable.Escape(peer.Peer.Text)}   missing   {peer.Detail}{At(peer.MissingAt)}";
        }

        if (missing.Count > MostPeers)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"and {missing.Count - MostPeers} more peers are missing");
        }
    }

    private static string At(ImmutableArray<ServerAddress> servers) =>
        servers.IsEmpty ? ""
        : $", at {string.Join(' ', servers.Take(MostServersOfPeer))}"
            + (servers.Length > MostServersOfPeer
                ? string.Create(CultureInfo.InvariantCulture, $" and {servers.Length - MostServersOfPeer} more")
                : "");

    /// <summary>
    /// The first line: the status and why; where a server is wrong, the first one with its reason. At most
    /// <see cref="MaxHeadline"/> characters.
    /// </summary>
    public static string Headline(GateSnapshot snapshot)
    {
        var status = snapshot.Status == GateStatus.Drifting ? "drifting" : snapshot.Status.Name();
        var line = $"{status}: {Because(snapshot)}{Where(snapshot)}";
        return line.Length <= MaxHeadline ? line : $"{line[..(MaxHeadline - 1)]}…";
    }

    /// <summary>The server for people, with its view where it is not one of the cluster's: <c>169.254.20.10:53 (node cache)</c>.</summary>
    public static string NameOf(ServerVerdict server) => server.View.Kind switch
    {
        ViewKind.App when server.Server.Address.IsOnThisNode => $"{server.Server.DisplayName} (node cache)",
        ViewKind.App => $"{server.Server.DisplayName} (app)",
        ViewKind.External => $"{server.Server.DisplayName} (external)",
        _ => server.Server.DisplayName,
    };

    /// <summary>The first reason and the first server that has it; empty where no server is to blame.</summary>
    private static string Where(GateSnapshot snapshot)
    {
        if (snapshot.Reason is Reason.Agrees or Reason.Disabled or Reason.ServersChanged or Reason.PeerMissing
            || snapshot.Listing is not { } listing)
        {
            return "";
        }

        return snapshot.WrongFirst.FirstOrDefault(server =>
            server.Server.Required && server.Judgement.Reason == snapshot.Reason) is { } server
            ? $": {snapshot.Reason.Name()} at {NameOf(server)}"
            : snapshot.Reason == Reason.DiscoveryFailed && listing.Failures.FirstOrDefault() is { } source
                ? $": {snapshot.Reason.Name()} at {Printable.Escape(source.Source)}"
            : "";
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

        foreach (var reason in snapshot.Status == GateStatus.Open ? [] : Enum.GetValues<Reason>())
        {
            if (reason == Reason.Agrees
                || (reason != snapshot.Reason && snapshot.RequiredServers.All(server => server.Judgement.Reason != reason)))
            {
                continue;
            }

            // Where this pod's own identity is wrong, what helps against a wrong server does not help.
            yield return reason.Remedy() is { } remedy && !snapshot.Diagnoses.Any(diagnosis => diagnosis.IsAboutIdentity)
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

    /// <summary>When a wrong answer expires, where a cache holds it; otherwise its TTL, which promises nothing.</summary>
    private static string Ttl(GateSnapshot snapshot, ServerVerdict server) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(snapshot.ExpiresIn(server) is { } seconds ? $" (cached answer, expires in {seconds}s)"
            : ViewJudge.TtlOfWrong(server) is { } ttl ? $" (TTL {ttl}s)"
            : "")}");

    /// <summary>The name that a server outside the cluster was asked for: the headline names the pod as the cluster knows it.</summary>
    private static string OfOtherName(View view) => view.Kind == ViewKind.External ? $", for {view.Name}" : "";

    private static string Because(GateSnapshot snapshot)
    {
        if (snapshot.Status == GateStatus.Disabled)
        {
            return $"{OptionTable.DisabledVariable}={Printable.Escape(snapshot.DisabledBecause ?? "")}; the gate is open and no DNS server "
                + "is asked";
        }

        var addresses = string.Join(' ', snapshot.Addresses);
        if (snapshot.Listing is null)
        {
            return snapshot.IsOpen ? "resumed after a restart; no DNS server has been asked since" : "no DNS server has been asked yet";
        }

        var required = snapshot.RequiredServers.ToList();
        // A gate drifts for other reasons too: no server is listed, or this pod could not ask.
        if (snapshot.Status == GateStatus.Drifting
            && (snapshot.Reason is Reason.TimedOut or Reason.Unreachable || required.Exists(server => server.Judgement.IsWrong)))
        {
            return Drift(snapshot, required);
        }

        if (snapshot.Reason == Reason.DiscoveryFailed)
        {
            return required.Count == 0 ? "the DNS servers could not be listed"
                : snapshot.Listing is { LacksCoverage: true, Coverage: var coverage }
                    ? $"the coverage is {coverage.Name()}, and --coverage complete is set"
                : "not all DNS servers could be listed";
        }

        if (snapshot.Reason == Reason.NoServers)
        {
            return NoServers(snapshot);
        }

        if (snapshot.Status == GateStatus.Open)
        {
            var heard = required.Count(server => !server.Judgement.IsSilence);
            return $"{snapshot.Name} is {addresses} at "
                + (heard == required.Count ? All(snapshot, required)
                    : $"{heard} of {Count(required)}; the others are silent, which --require {snapshot.Quorum} excuses")
                + NotRequired(snapshot) + Reservation(snapshot)
                + (snapshot.Peers is { IsEnough: false } peers ? $"; only {PeersFound(peers)} after --peers-timeout" : "");
        }

        return snapshot.Reason switch
        {
            Reason.AlsoWrong => $"{Agreement(snapshot, required)}, but {snapshot.Peers!.WrongAlso.Count()} of "
                + $"{snapshot.Peers.Also.Length} names of --also do not contain its addresses yet",
            Reason.PeerMissing =>
                $"{Agreement(snapshot, required)}, but only {PeersFound(snapshot.Peers!)}"
                + (snapshot.Peers!.HasTimedOut ? " after --peers-timeout" : ""),
            Reason.Agrees => Confirming(snapshot, required),
            Reason.ServersChanged => "the list of DNS servers has just changed",
            Reason.TtlZero => $"{Share(required, server => !server.Agrees)} answered with TTL 0, which does not count yet",
            Reason.CutOff => "--timeout ended the round before all DNS servers had answered",
            Reason.NotSent => "this pod could not send its queries",
            _ => Against(snapshot, required),
        };
    }

    /// <summary>
    /// Which servers no longer agree with a gate that is open. Whether a silent one was silent before, excused by
    /// <c>--require</c>, is not known here.
    /// </summary>
    private static string Drift(GateSnapshot snapshot, List<ServerVerdict> required)
    {
        var silent = required.Count(server => server.Judgement.IsSilence);
        var wrong = required.Count(server => server.Judgement.IsWrong);
        return required.Count == 1 ? $"{All(snapshot, required)} no longer {(wrong == 1 ? "agrees" : "answers")}"
            : wrong == 0
            ? $"{Share(required, server => server.Judgement.IsSilence)} no longer {(silent == 1 ? "answers" : "answer")}"
            : $"{Share(required, server => server.Judgement.IsWrong)} no longer {(wrong == 1 ? "agrees" : "agree")}"
                + (silent == 0 ? "" : $", {silent} {(silent == 1 ? "does not answer" : "do not answer")}");
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

    private static string NoServers(GateSnapshot snapshot)
    {
        var cluster = snapshot.RequiredServers.Where(server => server.View.Kind == ViewKind.Cluster).ToList();
        var listed = snapshot.Servers.Where(server => server.View.Kind == ViewKind.Cluster).ToList();
        return (cluster.Count, listed.Count) switch
        {
            (0, 0) => "no DNS server was found",
            (0, 1) => "1 DNS server is listed and is not ready",
            (0, _) => $"{Count(listed)} are listed and none is ready",
            _ when cluster.Count < snapshot.Quorum.Needed(cluster.Count) =>
                $"only {Count(cluster)} {(cluster.Count == 1 ? "was" : "were")} found, and --require {snapshot.Quorum} must answer",
            _ => "no DNS server of the application was found (--app)",
        };
    }

    private static string Confirming(GateSnapshot snapshot, List<ServerVerdict> required) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Agreement(snapshot, required)}; confirming ({snapshot.Rule.Rounds} rounds, {Duration.Format(snapshot.Rule.Settle)})");

    /// <summary>Who agrees on what, and what that does not prove.</summary>
    private static string Agreement(GateSnapshot snapshot, List<ServerVerdict> required)
    {
        var agreeing = required.Count(server => server.Agrees);
        var who = agreeing < required.Count ? Share(required, server => server.Agrees)
            : required.Count == 1 ? Count(required)
            : $"all {Count(required)}";
        return $"{who} {(agreeing == 1 ? "agrees" : "agree")} on {string.Join(' ', snapshot.Addresses)}{NotRequired(snapshot)}"
            + Reservation(snapshot);
    }

    /// <summary>How many servers that need not agree return something else.</summary>
    private static string NotRequired(GateSnapshot snapshot)
    {
        var differing = snapshot.Servers.Count(server => !server.Server.Required && server.Judgement.IsWrong);
        return differing == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; {differing} not required {(differing == 1 ? "differs" : "differ")}");
    }

    /// <summary>How many servers disagree and how many do not answer: each counted for itself.</summary>
    private static string Against(GateSnapshot snapshot, List<ServerVerdict> required)
    {
        var (wrong, silent) = (required.Where(server => server.Judgement.IsWrong).ToList(),
            required.Where(server => server.Judgement.IsSilence).ToList());
        if (snapshot.Status == GateStatus.Undecidable)
        {
            return required.Count == 1 ? $"{All(snapshot, required)} does not answer" : $"none of {Count(required)} answers";
        }

        var what = silent.Exists(server => server.Answered) ? " every question" : "";
        var silence = $"{(silent.Count == 1 ? "does not answer" : "do not answer")}{what}";
        return required.Count == 1 ? $"{All(snapshot, required)} {(wrong.Count == 1 ? "disagrees" : silence)}"
            : wrong.Count == 0 ? $"{Share(required, server => server.Judgement.IsSilence)} {silence}"
            : $"{Share(required, server => server.Judgement.IsWrong)} {(wrong.Count == 1 ? "disagrees" : "disagree")}"
                + (silent.Count == 0 ? "" : $", {silent.Count} {silence}");
    }

    private static string All(GateSnapshot snapshot, List<ServerVerdict> required) =>
        required.Count > 1 ? $"all {Count(required)}"
        : required[0].Server.Samples > 1 ? snapshot.IsOpen && IsPartial(snapshot) ? "the only address" : "the only address (sampled)"
        : IsPartial(snapshot) ? "1 DNS server"
        : "the only DNS server";

    /// <summary>How many of the servers are meant: <c>1 of 3 DNS servers and the sampled address</c>.</summary>
    private static string Share(List<ServerVerdict> servers, Func<ServerVerdict, bool> isMeant) => string.Join(" and ", servers
        .GroupBy(server => server.Server.Samples > 1)
        .OrderBy(group => group.Key)
        .Where(group => group.Any(isMeant))
        .Select(group => group.Key && group.Count() == 1 ? "the sampled address" : $"{group.Count(isMeant)} of {Count([.. group])}"));

    /// <summary>A sampled address stands for several servers: it is not counted as one of them.</summary>
    private static string Count(List<ServerVerdict> servers)
    {
        var sampled = servers.Count(server => server.Server.Samples > 1);
        var single = servers.Count - sampled;
        return string.Join(
            " and ", new[] { Number(single, "DNS server", "DNS servers"), Number(sampled, "sampled address", "sampled addresses") }
                .Where(part => part.Length > 0));

        static string Number(int count, string one, string many) =>
            count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
    }
    private static string PeersFound(PeerSummary peers) => string.Create(
        CultureInfo.InvariantCulture,
        $"{peers.Found} of {peers.Members.Length} peers {(peers.Found == 1 ? "exists" : "exist")} ({peers.Needed} required)");
}
