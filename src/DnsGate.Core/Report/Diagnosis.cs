using System.Collections.Immutable;
using DnsGate.Core.Judge;

namespace DnsGate.Core.Report;

/// <summary>What the answers of all servers together mean, and what to do.</summary>
/// <param name="Name">A fixed name, for machines.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Diagnosis(string Name, string Meaning, string Remedy);

/// <summary>Draws diagnoses from verdicts that have lasted.</summary>
public static class Diagnoses
{
    /// <summary>How long a picture must last: pods and caches need their seconds.</summary>
    public static readonly TimeSpan ForLong = TimeSpan.FromSeconds(30);

    private static readonly Diagnosis NotPublished = new(
        "name-not-published",
        "every name server says that the name does not exist, and has done so for long",
        "set `publishNotReadyAddresses: true` on the headless Service, check that it is headless (`clusterIP: None`), and that the StatefulSet's `serviceName` names it");

    private static readonly Diagnosis ReverseNotServed = new(
        "reverse-not-served",
        "every name server gives the right addresses, but none has a PTR record for them, and that for long",
        "the reverse zone is not served there: `--reverse off`");

    /// <summary>The diagnoses of a verdict whose reasons have been the same for <paramref name="unchangedFor"/>.</summary>
    public static ImmutableArray<Diagnosis> Of(Verdict verdict, TimeSpan unchangedFor)
    {
        var required = verdict.Servers.Where(server => server.Server.Required).ToList();
        if (unchangedFor < ForLong || required.Count == 0)
        {
            return [];
        }

        return required.All(server => server.Judgement.Reason == Reason.NameMissing) ? [NotPublished]
            : required.All(server => server.Judgement.Reason is Reason.ReverseMissing or Reason.ReverseForwarded) ? [ReverseNotServed]
            : [];
    }
}
