using System.Text;
using DnsGate.Core.Bound;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Bound;

/// <summary>What ZooKeeper answers to <c>srvr</c>.</summary>
public sealed class ModeReplyTests
{
    /// <summary>As ZooKeeper 3.8.0 answers it.</summary>
    private const string Follower = """
        Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2024-02-11 04:05 UTC
        Latency min/avg/max: 0/0.0/0
        Received: 1
        Sent: 0
        Connections: 1
        Outstanding: 0
        Zxid: 0x100000000
        Mode: follower
        Node count: 5

        """;

    [Theory]
    [InlineData("a follower", Follower, ModeOutcome.Serves, "follower")]
    [InlineData("a leader", "Mode: leader\n", ModeOutcome.Serves, "leader")]
    [InlineData("an observer", "Mode: observer\n", ModeOutcome.Serves, "observer")]
    [InlineData("a server alone", "Mode: standalone\n", ModeOutcome.Serves, "standalone")]
    [InlineData("lines that end as on Windows", "Mode: leader\r\n", ModeOutcome.Serves, "leader")]
    [InlineData("a member that lost the quorum and may be read", "Mode: read-only\n", ModeOutcome.OtherMode, "read-only")]
    [InlineData("a Mode of no member", "Mode: leader \u001b[2J\n", ModeOutcome.OtherMode, "leader \\027[2J")]
    [InlineData("an empty Mode", "Mode: \n", ModeOutcome.OtherMode, "")]
    [InlineData("a line that was cut off", "Mode: leader", ModeOutcome.Unintelligible, "'Mode: leader'")]
    [InlineData("a Mode inside a line", "No Mode: leader\n", ModeOutcome.Unintelligible, "'No Mode: leader'")]
    [InlineData("no quorum", "This ZooKeeper instance is not currently serving requests\n", ModeOutcome.NotServing, "")]
    [InlineData("not in the whitelist", "srvr is not executed because it is not in the whitelist.\n", ModeOutcome.NotAllowed, "")]
    [InlineData("nothing", "", ModeOutcome.Unintelligible, "nothing")]
    [InlineData("imok is what ruok says, whatever is broken", "imok", ModeOutcome.Unintelligible, "'imok'")]
    [InlineData("a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", ModeOutcome.Unintelligible, "'HTTP/1.1 400 Bad Request\\013'")]
    [InlineData("an alert of TLS", "\u0015\u0003\u0003\0\u0002\u0002\u0046", ModeOutcome.Unintelligible, "'\\021\\003\\003\\000\\002\\002F'")]
    public void A_reply(string sentence, string reply, ModeOutcome outcome, string detail) =>
        Assert.Equal((sentence, new ModeReply(outcome, detail)), (sentence, ModeReply.Read(Encoding.Latin1.GetBytes(reply))));

    [Fact]
    public void A_reply_that_is_too_long_is_none_even_with_a_Mode()
    {
        var text = "Mode: leader\n".PadRight(ModeReply.MaxLength, 'x');

        Assert.Equal(ModeOutcome.Serves, ModeReply.Read(Encoding.Latin1.GetBytes(text)).Outcome);
        Assert.Equal(ModeOutcome.Unintelligible, ModeReply.Read(Encoding.Latin1.GetBytes(text + "x")).Outcome);
    }

    [Fact]
    public void What_is_quoted_is_short() =>
        Assert.InRange(ModeReply.Read(Encoding.Latin1.GetBytes(new string('x', ModeReply.MaxLength))).Detail.Length, 1, 80);

    [Fact]
    public void A_reply_cut_off_before_the_end_of_its_Mode_says_nothing()
    {
        var end = Follower.IndexOf("follower\n", StringComparison.Ordinal) + "follower\n".Length;
        for (var length = 0; length <= Follower.Length; length++)
        {
            Assert.Equal((length, length >= end), (length, ModeReply.Read(Encoding.Latin1.GetBytes(Follower[..length])).Outcome == ModeOutcome.Serves));
        }
    }

    [Fact]
    public void Any_octets_are_a_value_that_prints()
    {
        var bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(bytes.ToArbitrary(), reply => !ModeReply.Read(reply).Detail.Any(char.IsControl)));
    }
}
