using System.Globalization;
using System.Text;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>All that is known, as a page for a person at a terminal of 80 columns.</summary>
internal static class ExplainReport
{
    private const int Width = 80;

    private static readonly int[] SampledSizes = [2, 5, 10, 20];

    /// <summary>The page, each line ended.</summary>
    /// <param name="snapshot">The verdict.</param>
    /// <param name="identity">Who the pod is, and how that is known.</param>
    /// <param name="options">The options.</param>
    /// <param name="hosts">The text of /etc/hosts; null when it cannot be read.</param>
    /// <param name="disabledBecause">Why the gate is switched off for the other verbs; null when it is not.</param>
    public static string Render(GateSnapshot snapshot, Identity identity, GateOptions options, string? hosts, string? disabledBecause)
    {
        var page = new StringBuilder();
        var listing = snapshot.Listing ?? new Listing([], Coverage.None);
        AppendWrapped(page, "", TextReport.Headline(snapshot));
        if (disabledBecause is { } why)
        {
            AppendWrapped(page, "",
                $"{OptionTable.DisabledVariable}={Printable.Escape(why)}: check, wait, run and serve open without asking any server.");
        }

        AppendHeading(page, "Identity");
        AppendWrapped(page, "  ", $"name       {identity.Name}  (from {identity.NameSource})");
        AppendWrapped(page, "  ", $"addresses  {string.Join(' ', identity.Addresses)}  (from {identity.AddressSource})");
        AppendSpellings(page, NameForms.List(identity.Name, identity.Addresses, hosts));
        foreach (var diagnosis in identity.Diagnoses)
        {
            AppendWrapped(page, "  ! ", $"{diagnosis.Name}: {diagnosis.Meaning}; {diagnosis.Remedy}");
        }

        AppendHeading(page, "Expected");
        AppendWrapped(page, "  ",
            $"addresses: exactly these; families {options.Families.ToString().ToLowerInvariant()}; reverse "
            + $"{options.Reverse.ToString().ToLowerInvariant()}; require {options.Require}");
        AppendWrapped(page, "  ", $"wait, run and serve open after {Window(options.Rule)}");

        AppendSources(page, snapshot, listing);
        var sampled = listing.Views.FirstOrDefault(view => view.Servers.Any(server => server.Samples > 1));
        foreach (var view in listing.Views)
        {
            AppendView(page, view, snapshot);
            AppendWrapped(page, "  ", view == sampled ? SamplingSentence(options, listing) : "");
        }

        if (options.App is not null && listing.Views.All(view => view.Kind != ViewKind.App))
        {
            AppendWrapped(page, "  ", "The application's own DNS servers (app view) are all in the cluster view.");
        }

        AppendOpening(page, snapshot, options);
        AppendAdvice(page, snapshot, listing);
        return page.ToString();
    }

    /// <summary>
    /// What the samples of a window are worth. A chance is stated only where the endpoints are known and none has hints: kube-proxy then
    /// sends each new connection to any of them. Of an address alone nothing of the kind is known.
    /// </summary>
    public static string SamplingSentence(GateOptions options, Listing listing)
    {
        var draws = Sampling.DrawsOfWindow(options.Rule, options.Interval);
        var endpoints = listing.Views.First(view => view.Kind == ViewKind.Cluster).Servers
            .Where(server => server.Samples == 1)
            .Select(server => server.Endpoint)
            .ToList();
        var beginning = $"A sample is evidence, not proof: the {draws.ToString(CultureInfo.InvariantCulture)} draws of a window of "
            + $"{Window(options.Rule)} ";
        if (endpoints.Count == 0 || endpoints.Any(endpoint => endpoint is null or { HasHints: true }))
        {
            return beginning + "may all meet one server. Where traffic prefers near endpoints (trafficDistribution) it is the nearest one, "
                + "and behind a node cache it is that cache.";
        }

        var chances = SampledSizes.Select(servers =>
            string.Create(CultureInfo.InvariantCulture, $"all of {servers} servers with {Percent(Sampling.Confidence(draws, servers))}"));
        return $"{beginning}meet {string.Join(", ", chances)}; behind a node cache they all meet that cache.";
    }

    /// <summary>A chance as people read it: never more certain than it is.</summary>
    public static string Percent(double chance) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(chance * 1000) / 10:0.0} %");

    private static void AppendSpellings(StringBuilder page, NameForms spellings)
    {
        AppendWrapped(
            page, "  ", "DnsGate asks the DNS servers itself; /etc/hosts, getent and the JVM may answer this name without asking any.");
        if (spellings.Diagnose() is { } diagnosis)
        {
            AppendWrapped(page, "  ", $"{diagnosis.Name}: {diagnosis.Meaning}; {diagnosis.Remedy}");
        }
        else
        {
            AppendWrapped(page, "  ",
                $"no line of /etc/hosts answers this name here: {string.Join(", ", spellings.Asked)} all go to the DNS servers");
        }
    }

    private static void AppendSources(StringBuilder page, GateSnapshot snapshot, Listing listing)
    {
        AppendHeading(page, "Where the DNS servers come from");
        AppendWrapped(page, "  ", $"coverage {TextReport.CoverageOf(snapshot, listing)}");
        foreach (var source in listing.Sources)
        {
            var lines = (source.Problem is null ? $"{Printable.Escape(source.Source)}: listed" : ListingReport.Failure(source)).Split('\n');
            AppendWrapped(page, "  ", lines[0]);
            foreach (var line in lines[1..])
            {
                // YAML to paste is not broken into lines of ours.
                page.Append("    ").Append(line).Append('\n');
            }
        }

        foreach (var note in listing.Notes)
        {
            AppendWrapped(page, "  ! ", Printable.Escape(note));
        }
    }

    private static void AppendOpening(StringBuilder page, GateSnapshot snapshot, GateOptions options)
    {
        if (snapshot.Status == GateStatus.Open)
        {
            return;
        }

        AppendHeading(page, "What would make it open");
        foreach (var alike in snapshot.RequiredServers
            .Where(server => !server.Agrees && !IsExcused(server, snapshot))
            .GroupBy(server => (server.View.Key, Wanted: Wanted(server))))
        {
            AppendWrapped(page, "  ",
                $"{string.Join(", ", alike.Select(server => server.Server.DisplayName))} "
                + $"({alike.Key.Key.Kind.Name()}): {alike.Key.Wanted}");
        }

        if (snapshot.Diagnoses.Any(diagnosis => diagnosis.Name == Diagnosis.NoneReady))
        {
            AppendWrapped(page, "  ", "one of the listed DNS servers to become ready");
        }
        else if (snapshot.Listing is null or { IsIncomplete: true } || snapshot.Reason is Reason.NoServers or Reason.DiscoveryFailed)
        {
            AppendWrapped(page, "  ", "a list of DNS servers: see above for what keeps it from being taken");
        }

        AppendWrapped(page, "  ", $"then {Window(options.Rule)}");
    }

    /// <summary>Whether enough others of the view answered, so that this one's silence does not count.</summary>
    private static bool IsExcused(ServerVerdict server, GateSnapshot snapshot)
    {
        var ofView = snapshot.RequiredServers.Where(other => other.View.Key == server.View.Key).ToList();
        return server.Judgement.IsSilence && ofView.Count(other => !other.Judgement.IsSilence) >= server.View.Quorum.Needed(ofView.Count);
    }

    private static string Wanted(ServerVerdict server) => server.Judgement.Reason switch
    {
        Reason.TimedOut or Reason.Unreachable or Reason.CutOff or Reason.NotSent => "an answer",
        Reason.TtlZero => "the same answer again, with a TTL",
        Reason.ReverseMissing or Reason.ReverseMismatch or Reason.ReverseForwarded =>
            $"{server.View.Name} as the PTR record of {string.Join(" and ", server.View.Addresses)}",
        Reason.ReverseExtra => $"{server.View.Name} as the only PTR record of {string.Join(" and ", server.View.Addresses)}",
        Reason.Refused or Reason.ServerFailure or Reason.Malformed => "an answer instead of an error",
        _ => $"exactly {string.Join(' ', server.View.Addresses)} for {server.View.Name}",
    };

    private static void AppendAdvice(StringBuilder page, GateSnapshot snapshot, Listing listing)
    {
        AppendHeading(page, "What to do");
        var advice = TextReport.Advice(snapshot).ToList();
        AppendWrapped(page, "  ", advice.Count > 0 ? ""
            : listing.Failures.Any()
                ? "nothing more for the gate; what could not be listed, and what that needs, is above"
            : snapshot.Servers.All(server => server.Agrees) ? "nothing: all DNS servers agree"
            : "nothing: the servers that do not agree are not required, or excused by --require");
        foreach (var line in advice)
        {
            AppendWrapped(page, "  ", line);
        }
    }

    private static string Window(SettleRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule.Rounds} agreeing rounds in a row that span {Duration.Format(rule.Settle)}");

    private static void AppendView(StringBuilder page, View view, GateSnapshot snapshot)
    {
        AppendHeading(page, $"DNS servers: {About(view)}");
        foreach (var server in view.Servers)
        {
            var verdict = snapshot.Servers.FirstOrDefault(item => item.Key == (view.Key, server.Address));
            AppendWrapped(page, "  ", string.Create(
                CultureInfo.InvariantCulture,
                $"{server.DisplayName}  {verdict?.Judgement.Reason.Name() ?? "not asked yet: an earlier view does not agree"}  (from "
                + $"{Printable.Escape(server.Source)}"
                + $"{(server.Samples > 1 ? $", may be a virtual IP: {server.Samples} samples a round" : "")}){TextReport.Excuse(server)}"));
            foreach (var line in (verdict?.Observations ?? []).Select(Describe).Distinct())
            {
                AppendWrapped(page, "      ", line);
            }

            if (verdict is { Agrees: false })
            {
                AppendWrapped(page, "    ! ", $"{verdict.Judgement.Detail}{Expiry(verdict)}");
            }
        }

        if (view.Servers.IsEmpty)
        {
            AppendWrapped(page, "  ", "none");
        }
    }

    /// <summary>When a wrong answer expires, and in which partition of the cache. One round cannot tell whether a cache holds it.</summary>
    private static string Expiry(ServerVerdict verdict)
    {
        var wrong = ViewJudge.WrongObservations(verdict).FirstOrDefault();
        return wrong is null ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; if a cache holds this answer, it expires within {wrong.Outcome.Ttl}s"
            + $"{(wrong.Question.Step.IsPrivate ? $", in the {Partition(wrong)} partition of the cache, which only gates read" : "")}");
    }

    private static string Partition(Observation observation) => observation.Question.Partition switch
    {
        CachePartition.Cd => "CD",
        CachePartition.Do => "DO",
        CachePartition.CdDo => "CD+DO",
        _ => "plain",
    };

    private static string About(View view) => view.Kind switch
    {
        ViewKind.Cluster => "cluster view",
        ViewKind.App => "app view, the servers of the application itself",
        _ => $"external view of {view.Name}{(view.IsAuthoritative ? ", the zone's own" : "")}",
    };

    private static string Describe(Observation observation)
    {
        var asked = !observation.Question.RecursionDesired ? "without recursion"
            : observation.Question.Partition == CachePartition.Plain ? "as applications ask"
            : $"privately, {Partition(observation)}";
        var ttl = observation.Outcome.Ttl is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", TTL {seconds}") : "";
        return $"{AnswerText.Subject(observation.Question)}: {AnswerText.Describe(observation.Outcome)}{ttl}  ({asked})";
    }

    private static void AppendHeading(StringBuilder page, string heading)
    {
        page.Append('\n');
        AppendWrapped(page, "", heading);
    }

    private static void AppendWrapped(StringBuilder page, string indent, string text)
    {
        foreach (var line in text.Length == 0 ? [] : Wrapped.Lines(indent, text, Width))
        {
            page.Append(line).Append('\n');
        }
    }
}
