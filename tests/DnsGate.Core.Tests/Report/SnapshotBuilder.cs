using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Rules;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Report;

/// <summary>Snapshots of one round, made as the loop makes them.</summary>
internal static class SnapshotBuilder
{
    /// <summary>A PTR that no honest server gives: ESC, quotes, a line end, NUL, DEL, a high octet.</summary>
    public static readonly DnsName HostileName = DnsName.FromWire([14, 27, (byte)'[', (byte)'2', (byte)'J', (byte)'"',
        (byte)'\'', 10, 13, 0, 127, 0xFF, (byte)'<', (byte)' ', (byte)'.', 3, (byte)'c', (byte)'o', (byte)'m', 0]);

    public static readonly SettleRule Rule = new(3, TimeSpan.FromSeconds(5));

    public static GateSnapshot By(View view, params string[] told) => By(Fixtures.Listing(view), Fixtures.AnswersOf(view, told));

    public static GateSnapshot By(Listing listing, Func<Question, Outcome> answer, bool opens = true)
    {
        var verdict = Fixtures.Round(listing, answer);
        var isOpen = opens && verdict.Kind == VerdictKind.Agrees;
        return new GateSnapshot
        {
            Status = isOpen ? GateStatus.Open : verdict.Kind == VerdictKind.Undecidable ? GateStatus.Undecidable : GateStatus.Closed,
            Reason = verdict.Reason,
            Name = listing.Views[0].Name,
            Addresses = listing.Views[0].Addresses,
            Listing = listing,
            State = verdict.Kind == VerdictKind.Agrees ? new SettleProgress(1, TimeSpan.Zero, isOpen) : SettleProgress.None,
            Rule = Rule,
            Round = verdict.Kind,
            Quorum = listing.Views[0].Quorum,
            Servers = verdict.Servers,
            Diagnoses = Diagnoses.Find(verdict, new Evidence(TimeSpan.Zero)),
        };
    }

    /// <summary>Three servers of which one gives the hostile PTR.</summary>
    public static GateSnapshot Hostile() => By(Fixtures.Listing(Fixtures.Cluster(3)), question =>
        question is { Type: RecordType.PTR } && question.Server == Fixtures.S(2)
            ? new Outcome.Responded(new Answer.Records([new RecordData.Pointer(HostileName)], 30), false)
            : FakeAnswers.By("right").To(question));

    public static GateOptions Spec() =>
        new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>>(), _ => null).Read(TimeSpan.FromMilliseconds(800));
}
