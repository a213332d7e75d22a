using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>Counts the questions that were asked, and measures how long their replies took.</summary>
internal sealed class QuestionMetrics(MetricFactory metrics)
{
    private readonly Counter observations = metrics.CreateCounter(
        "dnsgate_observations_total",
        "Queries by their own result. The reasons are those of the verdict.",
        "reason",
        "type",
        "view");

    private readonly Histogram durations = metrics.CreateHistogram(
        "dnsgate_query_duration_seconds",
        "Time from the first datagram of a query to its reply, including resends. Queries without a reply are counted in "
        + "dnsgate_observations_total only (timed-out, unreachable).",
        ["transport", "view"],
        // From a server on the same node, over one that is asked once more after half of --query-timeout, to a slow one over TCP.
        new HistogramConfiguration
        {
            Buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        });

    /// <summary>Creates all series that these views can have, with the value 0.</summary>
    public void CreateSeries(IReadOnlyList<ConfiguredView> views)
    {
        foreach (var view in views)
        {
            DurationOf(view.Kind, isOverTcp: false);
            DurationOf(view.Kind, isOverTcp: true);
            foreach (var type in view.Types)
            {
                foreach (var reason in ObservationJudge.PossibleReasons(view.Kind, view.Reverse, type))
                {
                    CountOf(view.Kind, type, reason);
                }
            }
        }
    }

    /// <summary>
    /// Counts the questions of one trip, except whether the name exists: that question asks for no record of the pod.
    /// </summary>
    /// <param name="listing">The servers that were asked.</param>
    /// <param name="answers">One observation for each question.</param>
    public void Count(Listing listing, IReadOnlyList<Observation> answers)
    {
        foreach (var view in listing.Views)
        {
            var requiredTypes = ViewJudge.RequiredTypes(view, answers);
            var servers = view.Servers.ToDictionary(server => server.Address);
            foreach (var observation in answers.Where(answer => answer.Question.Step.View == view.Key && !answer.Question.IsForExistence))
            {
                var question = observation.Question;
                CountOf(view.Kind, question.Type, ObservationJudge.Judge(view, servers[question.Server], requiredTypes, observation).Reason)
                    .Inc();
                if (!observation.Outcome.IsSilence)
                {
                    DurationOf(view.Kind, observation.IsOverTcp).Observe(observation.RoundTrip.TotalSeconds);
                }
            }
        }
    }

    private Counter.Child CountOf(ViewKind view, RecordType type, Reason reason) =>
        observations.WithLabels(reason.Name(), type.ToString(), view.Name());

    private Histogram.Child DurationOf(ViewKind view, bool isOverTcp) => durations.WithLabels(isOverTcp ? "tcp" : "udp", view.Name());
}
