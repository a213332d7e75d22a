using System.Globalization;
using System.Net;
using System.Text;
using DnsGate.Core.Dns;
using DnsGate.Core.Text;

namespace DnsGate.Core.Model;

/// <summary>What a server said, in one line: sorted, and without TTL or time, so that it is the same while nothing changes.</summary>
internal static class AnswerText
{
    /// <summary>Records shown of one answer: a hostile server may send hundreds, and Kubernetes keeps 4 KiB of a message.</summary>
    private const int MaxShown = 8;

    /// <summary>One line for several observations: <c>A 10.244.2.9, AAAA NODATA</c>. NODATA is left out where records say enough.</summary>
    public static string Describe(IReadOnlyList<Observation> observations)
    {
        var anyRecords = observations.Any(observation => observation.Outcome is Outcome.Responded { Answer: Answer.Records });
        var anyNxDomain = observations.Any(observation => observation.Outcome is Outcome.Responded { Answer: Answer.NxDomain });
        var text = new StringBuilder();
        foreach (var observation in observations)
        {
            if (anyRecords && !anyNxDomain && observation.Outcome is Outcome.Responded { Answer: Answer.NoData })
            {
                continue;
            }

            text.Append(text.Length == 0 ? "" : ", ")
                .Append(Subject(observation.Question))
                .Append(' ')
                .Append(Describe(observation.Outcome));
        }

        return text.ToString();
    }

    /// <summary>The outcome alone: <c>10.244.2.9</c>, <c>NXDOMAIN</c>, <c>timed out</c>.</summary>
    public static string Describe(Outcome outcome) => outcome switch
    {
        Outcome.Responded { Answer: Answer.Records records } => Shorten(Records(records)),
        Outcome.Responded { Answer: Answer.NoData } => "NODATA",
        Outcome.Responded { Answer: Answer.NxDomain } => "NXDOMAIN",
        Outcome.Responded { Answer: Answer.ServerError error } => ErrorName(error.Code),
        Outcome.Malformed malformed => $"unreadable ({malformed.Problem})",
        Outcome.Unreachable unreachable => $"unreachable ({unreachable.Problem})",
        Outcome.CutOff => "cut off by --timeout",
        Outcome.NotSent notSent => $"not sent ({notSent.Problem})",
        _ => "timed out",
    };

    /// <summary>The records of an answer as text, sorted: addresses by value, names by their text.</summary>
    public static IReadOnlyList<string> Records(Answer.Records records)
    {
        if (records.Data.All(data => data is RecordData.Address))
        {
            return [.. records.Data
                .Cast<RecordData.Address>()
                .Select(data => data.Value)
                .Order(Comparer<IPAddress>.Create(Addresses.Compare))
                .Select(address => address.ToString())];
        }

        return [.. records.Data.Select(Text).Order(StringComparer.Ordinal)];
    }

    /// <summary>The name of a response code, or its number where it has none here.</summary>
    public static string ErrorName(ResponseCode code) => code.Name();

    /// <summary>What was asked for: <c>A</c>, or <c>PTR of 10.244.1.7</c>.</summary>
    public static string Subject(Question question) =>
        question.Type == RecordType.PTR ? $"PTR of {ReverseSubject(question.Name)}" : question.Type.ToString();

    // The address reads better than its reverse name; IPv6 reverse names are 72 characters of dots.
    private static string ReverseSubject(DnsName name) =>
        ReverseName.TryReadAddress(name, out var address) ? address.ToString() : name.ToString();

    private static string Shorten(IReadOnlyList<string> records) =>
        records.Count <= MaxShown
            ? string.Join(' ', records)
            : string.Create(
                CultureInfo.InvariantCulture, $"{string.Join(' ', records.Take(MaxShown))} and {records.Count - MaxShown} more");

    private static string Text(RecordData data) => data switch
    {
        RecordData.Address address => address.Value.ToString(),
        RecordData.Pointer pointer => pointer.Target.ToString(),
        RecordData.Service service => string.Create(CultureInfo.InvariantCulture, $"{service.Target}:{service.Port}"),
        RecordData.Authority authority => string.Create(CultureInfo.InvariantCulture, $"{authority.Primary} {authority.Serial}"),
        _ => throw new ArgumentOutOfRangeException(nameof(data)),
    };
}
