using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>One of the things that a server answered to questions of one type, and how it was asked.</summary>
/// <param name="text">What it answered.</param>
internal sealed class PageAnswer(string text)
{
    // Eight records of up to a thousand characters: what does not fit is in /status.
    private const int MostCharacters = 160;

    private int privately;
    private int toApplications;
    private int withoutRecursion;
    private int asked;
    private uint? ttl;

    public string Text => text;

    /// <summary>Everything that a server answered to questions of this type, each answer once, in the order of the round.</summary>
    public static List<PageAnswer> Build(ServerVerdict server, RecordType type)
    {
        var answers = new List<PageAnswer>();
        var asked = 0;
        foreach (var observation in server.Observations)
        {
            if (observation.Question.Type == type)
            {
                var words = Html.Cut(Words(observation, server.View), MostCharacters);
                var answer = answers.Find(known => known.Text == words);
                if (answer is null)
                {
                    answers.Add(answer = new PageAnswer(words));
                }

                answer.Count(observation);
                asked++;
            }
        }

        foreach (var answer in answers)
        {
            // Samples are shown separately where they differ: one in eight is another server than seven in eight.
            answer.asked = answers.Count > 1 && server.Server.Samples > 1 ? asked : 0;
        }

        return answers;
    }

    /// <summary>How it was asked, and how long the last answer may still be kept.</summary>
    public string How()
    {
        var how = withoutRecursion > 0 ? "without recursion"
            : toApplications == 0 ? "private"
            : privately == 0 ? "application"
            : "both";
        var samples =
            asked == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {privately + toApplications + withoutRecursion} of {asked}");
        return ttl is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{how}{samples}, TTL\u00a0{seconds}") : $"{how}{samples}";
    }

    private static string Words(Observation observation, View view)
    {
        if (observation.Outcome is Outcome.Responded { Answer: Answer.Records { Data: [RecordData.Pointer pointer] } }
            && pointer.Target.Equals(view.Name))
        {
            return "own name";
        }

        var said = AnswerText.Describe(observation.Outcome);
        return observation.Question.Type == RecordType.PTR && view.Addresses.Length > 1
            ? $"{said} ({AnswerText.Subject(observation.Question)})"
            : said;
    }

    private void Count(Observation observation)
    {
        var question = observation.Question;
        ttl = observation.Outcome.Ttl;
        _ = !question.RecursionDesired ? withoutRecursion++
            : question.Partition == CachePartition.Plain ? toApplications++
            : privately++;
    }
}
