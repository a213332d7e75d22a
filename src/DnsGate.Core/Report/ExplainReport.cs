using System.Globalization;
using System.Text;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Report;

/// <summary>All that is known, as a page for a person at a terminal of 80 columns.</summary>
public static class ExplainReport
{
    private const int Width = 80;

    /// <summary>The page, each line ended.</summary>
    /// <param name="snapshot">The verdict.</param>
    /// <param name="identity">Who the pod is, and how that is known.</param>
    /// <param name="spec">What the program was told.</param>
    /// <param name="disabledBecause">Why the gate is switched off for the other verbs; null when it is not.</param>
    public static string Render(Snapshot snapshot, Identity identity, GateSpec spec, string? disabledBecause)
    {
        var listing = snapshot.Listing ?? new Listing([], Coverage.None);
        var page = new StringBuilder();
        AppendWrapped(page, "", TextReport.Headline(snapshot));
        if (disabledBecause is not null)
        {
            AppendWrapped(page, "", $"{Settings.DisabledVariable}={Printable.Of(disabledBecause)}: check, wait and run open without asking anybody.");
        }

        AppendHeading(page, "Identity");
        AppendWrapped(page, "  ", $"name       {identity.Name}  (from {identity.NameSource})");
        AppendWrapped(page, "  ", $"addresses  {string.Join(' ', identity.Addresses)}  (from {identity.AddressSource})");
        AppendWrapped(page, "  ", "DnsGate asks the name servers itself; /etc/hosts, getent and the JVM may answer this name without asking any.");

        AppendHeading(page, "Expected");
        AppendWrapped(page, "  ", $"addresses: exactly these; families {spec.Families.ToString().ToLowerInvariant()}; reverse {spec.Reverse.ToString().ToLowerInvariant()}; require {spec.Require}");
        AppendWrapped(page, "  ", string.Create(CultureInfo.InvariantCulture, $"wait and run open after {spec.Rule.Rounds} agreeing rounds in a row that span {Duration.Format(spec.Rule.Settle)}"));

        foreach (var view in listing.Views)
        {
            AppendView(page, view, snapshot, listing.Coverage);
        }

        foreach (var note in listing.Notes)
        {
            AppendWrapped(page, "  ! ", Printable.Of(note));
        }

        if (spec.App is not null && listing.Views.All(view => view.Kind != ViewKind.App))
        {
            AppendWrapped(page, "  ", "The application's own name servers (app view) are all among these.");
        }

        AppendHeading(page, "What to do");
        var advice = TextReport.Advice(snapshot).ToList();
        AppendWrapped(page, "  ", advice.Count > 0 ? ""
            : snapshot.Servers.All(server => server.Agrees) ? "nothing: every name server says what it should"
            : "nothing: the silence of the other name servers is excused by --require");
        foreach (var line in advice)
        {
            AppendWrapped(page, "  ", line);
        }

        return page.ToString();
    }

    private static void AppendView(StringBuilder page, View view, Snapshot snapshot, Coverage coverage)
    {
        var about = view.Kind == ViewKind.Cluster
            ? $"cluster view, coverage {coverage.ToString().ToLowerInvariant()}"
            : "app view: the name servers that the application itself asks";
        AppendHeading(page, $"Name servers: {about}");
        foreach (var server in view.Servers)
        {
            var verdict = snapshot.Servers.FirstOrDefault(item => item.View.Key == view.Key && item.Server.Address == server.Address);
            AppendWrapped(page, "  ", string.Create(
                CultureInfo.InvariantCulture,
                $"{server.Address}  {verdict?.Judgement.Reason.Name() ?? "not asked yet: an earlier view disagrees"}  (from {Printable.Of(server.Source)}{(server.Samples > 1 ? $", may be a virtual IP: asked {server.Samples} times" : "")})"));
            foreach (var line in (verdict?.Observations ?? []).Select(Describe).Distinct())
            {
                AppendWrapped(page, "      ", line);
            }

            if (verdict is { Agrees: false })
            {
                AppendWrapped(page, "    ! ", verdict.Judgement.Detail);
            }
        }

        if (view.Servers.IsEmpty)
        {
            AppendWrapped(page, "  ", "none");
        }
    }

    private static string Describe(Observation observation)
    {
        var asked = observation.Question.Partition == CachePartition.Plain ? "as applications ask" : "privately";
        var ttl = Ttl.Of(observation.Outcome) is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", TTL {seconds}") : "";
        var subject = observation.Question.Type == RecordType.PTR ? observation.Question.ToString() : observation.Question.Type.ToString();
        return $"{subject}: {Said.Of(observation.Outcome)}{ttl}  ({asked})";
    }

    private static void AppendHeading(StringBuilder page, string heading) => page.Append('\n').Append(heading).Append('\n');

    private static void AppendWrapped(StringBuilder page, string indent, string text)
    {
        foreach (var line in text.Length == 0 ? [] : Wrapped.Lines(indent, text, Width))
        {
            page.Append(line).Append('\n');
        }
    }
}
