using System.Globalization;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>
/// The list of DNS servers in words: who is asked, where they were found, and why not elsewhere. The same while nothing changes.
/// </summary>
internal static class ListingReport
{
    private const string ApplyThis = "; apply this:";

    /// <summary>
    /// How much of the cluster's servers is asked, and which source gave them: <c>complete, from kube:kube-system/kube-dns</c>.
    /// </summary>
    public static string Coverage(Listing listing)
    {
        var serving = string.Join(" and ", listing.Sources
            .Where(source => source is { Serves: true, View: ViewKind.Cluster, Coverage: not Model.Coverage.None })
            .Select(source => Printable.Escape(source.Source))
            .Distinct());
        return listing.Coverage.Name() + (serving is "" or "static" ? "" : $", from {serving}");
    }

    /// <summary>Every view with its servers, on one line.</summary>
    public static string Summary(Listing listing)
    {
        var views = listing.Views.Select(view =>
            $"{Name(view)} {(view.Servers.IsEmpty ? "none" : string.Join(' ', view.Servers.Select(Name)))}");
        return $"DNS servers: {string.Join(", ", views)}; coverage {Coverage(listing)}";
    }

    /// <summary>Why a source could not be listed, and what that means for the gate.</summary>
    public static string Failure(SourceReport source) =>
        $"{Printable.Escape(source.Source)}: {Printable.Escape(source.Problem!.Message)}; "
        + $"{(source.Serves ? "its last list stays in use" : "it gives no servers")}{Remedy(source.Problem)}";

    /// <summary>The same on one line, for a table, and for a log that has the whole already: YAML to paste is left to the page.</summary>
    public static string FailureInBrief(SourceReport source) =>
        Failure(source).Split('\n') is [var first, _, ..]
            ? first.Replace(ApplyThis, "; `dnsgate explain` prints the YAML to apply", StringComparison.Ordinal)
            : Failure(source);

    /// <summary>A view as people name it.</summary>
    public static string Name(View view) => view.Kind == ViewKind.External
        ? string.Create(CultureInfo.InvariantCulture, $"external {view.Name}")
        : view.Kind.Name();

    private static string Name(Server server) => server.Condition switch
    {
        EndpointCondition.NotReady => $"{server.DisplayName} (not ready, not required)",
        EndpointCondition.Terminating => $"{server.DisplayName} (terminating, not required)",
        _ => server.DisplayName,
    };

    private static string Remedy(DiscoveryProblem problem) =>
        problem.Remedy is null ? ""
        : problem.Remedy.Contains('\n', StringComparison.Ordinal) ? $"{ApplyThis}\n{problem.Remedy}"
        : $"; {problem.Remedy}";
}
