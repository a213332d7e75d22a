using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Rules;

public sealed class ReasonTests
{
    /// <summary>
    /// The table of the contract: wrong before silent, and a right answer with TTL 0, which says nothing against a server, after both.
    /// </summary>
    private static readonly string[] Contract =
    [
        "name-missing", "no-address", "stale-address", "extra-address", "missing-address",
        "reverse-missing", "reverse-mismatch", "reverse-extra", "reverse-forwarded",
        "refused", "server-failure", "malformed", "timed-out", "unreachable", "cut-off", "not-sent", "ttl-zero",
        "no-servers", "servers-changed", "discovery-failed", "also-wrong", "peer-missing", "disabled", "agrees",
    ];

    [Fact]
    public void The_reasons_are_the_closed_set_of_the_contract_in_its_order() =>
        Assert.True(
            Contract.SequenceEqual(Enum.GetValues<Reason>().Order().Select(reason => reason.Name())),
            "the reasons changed: add a new one to Contract, at its place in the order of precedence; none may go");

    [Fact]
    public void The_name_of_a_reason_is_that_of_its_enum_member() =>
        Assert.All(Enum.GetValues<Reason>(), reason =>
            Assert.Equal(
                reason.ToString(), string.Concat(reason.Name().Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));

    [Fact]
    public void Every_reason_has_a_sentence_of_its_own()
    {
        Assert.All(Enum.GetValues<Reason>(), reason => Assert.True(reason.Meaning().Length > 15 && !reason.Meaning().EndsWith('.')));
        Assert.Equal(Contract.Length, Enum.GetValues<Reason>().Select(reason => reason.Meaning()).Distinct().Count());
    }

    [Fact]
    public void Every_reason_that_somebody_can_mend_has_a_remedy()
    {
        Reason[] nothingToDo = [Reason.TtlZero, Reason.ServersChanged, Reason.Agrees];
        Assert.All(Enum.GetValues<Reason>(), reason => Assert.Equal(nothingToDo.Contains(reason), reason.Remedy() is null));
    }

    [Theory]
    [InlineData(Reason.NameMissing, "publishNotReadyAddresses", "clusterIP: None", "serviceName", "privately")]
    [InlineData(Reason.ReverseExtra, "selector", "Kerberos may still fail")]
    [InlineData(Reason.CutOff, "--timeout")]
    [InlineData(Reason.NotSent, "ip_local_port_range", "open files")]
    [InlineData(Reason.ReverseMissing, "--reverse off")]
    [InlineData(Reason.ReverseForwarded, "--reverse off")]
    [InlineData(Reason.TimedOut, "NetworkPolicy")]
    [InlineData(Reason.MissingAddress, "--families")]
    [InlineData(Reason.Disabled, "remove the variable")]
    internal void A_remedy_names_what_to_change(Reason reason, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, reason.Remedy(), StringComparison.Ordinal));
}
