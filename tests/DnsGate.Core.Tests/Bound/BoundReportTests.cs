using DnsGate.Core.Bound;
using DnsGate.Core.Spec;
using DnsGate.Core.Tests.Judge;

namespace DnsGate.Core.Tests.Bound;

/// <summary>The verdict, its exit code, and its words.</summary>
public sealed class BoundReportTests
{
    private const string ZooKeeper = "127.0.0.1:2181";

    [Theory]
    [InlineData("an address", "10.244.1.7=1", "6s", 0, "bound: 10.244.1.7:3888 has been listening for 6s")]
    [InlineData("one look", "10.244.1.7=1", "0", 0, "bound: 10.244.1.7:3888 is listening")]
    [InlineData("the wildcard", "0.0.0.0=1", "6s", 0, "bound: 10.244.1.7:3888 (through the wildcard 0.0.0.0:3888) has been listening for 6s")]
    [InlineData("the wildcard of IPv6", "::=1", "1500ms", 0, "bound: 10.244.1.7:3888 (through the wildcard [::]:3888) has been listening for 1500ms")]
    [InlineData("nothing", "", "6s", 1, "not bound: nothing listens on port 3888")]
    [InlineData("loopback only", "127.0.0.1=1", "6s", 1, "not bound: nothing listens on port 3888 at 10.244.1.7, only at 127.0.0.1")]
    [InlineData("elsewhere, sorted, each once", "::1=4 10.244.2.9=1 127.0.0.1=2 127.0.0.1=3", "6s", 1, "not bound: nothing listens on port 3888 at 10.244.1.7, only at 10.244.2.9 127.0.0.1 ::1")]
    [InlineData("gone", "10.244.1.7=1|", "6s", 1, "not bound: 10.244.1.7:3888 stopped listening within 6s")]
    [InlineData("replaced", "10.244.1.7=1|10.244.1.7=2", "6s", 1, "not bound: the socket at 10.244.1.7:3888 was replaced by another one within 6s")]
    [InlineData("unreadable", "?", "6s", 3, "undecidable: '/proc/net/tcp6' cannot be read: Permission denied")]
    [InlineData("unreadable later", "10.244.1.7=1|?", "6s", 3, "undecidable: '/proc/net/tcp6' cannot be read: Permission denied")]
    public void The_first_line_is_the_verdict(string sentence, string looks, string held, int exitCode, string headline)
    {
        var verdict = Judge(looks, held, null, null);
        Assert.Equal((sentence, exitCode, headline), (sentence, verdict.ExitCode, BoundReport.Render(verdict).Split('\n')[0]));
    }

    [Theory]
    [InlineData(ModeOutcome.Serves, "follower", 0, "bound: 10.244.1.7:3888 has been listening for 6s, and ZooKeeper at 127.0.0.1:2181 is follower")]
    [InlineData(ModeOutcome.NotServing, "", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 is not currently serving requests")]
    [InlineData(ModeOutcome.OtherMode, "read-only", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 is read-only")]
    [InlineData(ModeOutcome.NotAllowed, "", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 does not carry out srvr: it is not in the whitelist")]
    [InlineData(ModeOutcome.Unintelligible, "'HTTP/1.1'", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 answered 'HTTP/1.1', which is no Mode")]
    [InlineData(ModeOutcome.Silent, "", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 did not answer in time")]
    [InlineData(ModeOutcome.Unreachable, "connection refused", 1, "not bound: 10.244.1.7:3888 has been listening for 6s, but ZooKeeper at 127.0.0.1:2181 cannot be asked: connection refused")]
    public void What_ZooKeeper_says(ModeOutcome outcome, string detail, int exitCode, string headline)
    {
        var verdict = Judge("10.244.1.7=1", "6s", ZooKeeper, new ModeReply(outcome, detail));
        var lines = BoundReport.Render(verdict).Split('\n');
        Assert.Equal((exitCode, headline), (verdict.ExitCode, lines[0]));
        // The verdict, one remedy where there is something to mend, and the end of the last line.
        Assert.Equal(exitCode == 0 ? 2 : 3, lines.Length);
    }

    [Fact]
    public void A_Mode_is_never_enough()
    {
        var verdict = Judge("127.0.0.1=1", "6s", ZooKeeper, new ModeReply(ModeOutcome.Serves, "follower"));
        Assert.Equal(ExitCode.Closed, verdict.ExitCode);
    }

    [Fact]
    public void A_Mode_that_was_asked_for_and_is_not_there_is_no_Mode() => Assert.Equal(ExitCode.Closed, Judge("10.244.1.7=1", "6s", ZooKeeper, null).ExitCode);

    [Theory]
    [InlineData("loopback", "10.244.1.7", "127.0.0.1=1", "  127.0.0.1: loopback, ")]
    [InlineData("another address names the pod's, its source, and --ip", "10.244.1.7", "10.244.2.9=1", "  10.244.2.9: not an address of this pod, which is 10.244.1.7 (from POD_IPS); most likely a name server gave the application its old one: 'dnsgate check' says which; if the address is right, name it with --ip")]
    [InlineData("the wildcard of IPv4 and a pod of IPv6", "fd00::7", "0.0.0.0=1", "  0.0.0.0: the wildcard of IPv4, and this pod has addresses of IPv6 only")]
    [InlineData("the wildcard of IPv6 that cannot take IPv4", "10.244.1.7", "::=1 127.0.0.1=2", "  ::: the wildcard of IPv6, and IPv6 alone")]
    [InlineData("nothing at all", "10.244.1.7", "", "  the application has not bound yet, could not, or listens on another port (--port)")]
    public void What_was_seen_and_what_to_do(string sentence, string pod, string listeners, string line) =>
        Assert.True(BoundReport.Render(Judge(listeners, "6s", null, null, pod)).Split('\n').Any(text => text.StartsWith(line, StringComparison.Ordinal)), sentence);

    /// <summary>Kubernetes folds events of the same text; an inode differs at every restart.</summary>
    [Fact]
    public void The_text_tells_no_inodes()
    {
        Assert.Equal(Text(1001, 1002), Text(2001, 2002));

        static string Text(int first, int second) => string.Concat(
            new[] { $"10.244.1.7={first}", $"10.244.1.7={first}|10.244.1.7={second}", $"10.244.1.7={first}|", $"127.0.0.1={first}" }
                .Select(looks => BoundReport.Render(Judge(looks, "6s", null, null))));
    }

    [Fact]
    public void A_thousand_addresses_do_not_make_a_thousand_lines()
    {
        var listeners = string.Join(' ', Enumerable.Range(0, 1000).Select(number => $"10.1.{number / 250}.{number % 250}={number}"));
        Assert.InRange(BoundReport.Render(Judge(listeners, "6s", null, null)).Length, 1, 4096);
    }

    private static BoundVerdict Judge(string looks, string held, string? zooKeeper, ModeReply? mode, string pod = "10.244.1.7")
    {
        Assert.True(Duration.TryParse(held, out var duration, out _));
        Finding? finding = null;
        foreach (var look in looks.Split('|'))
        {
            finding = Finding.Of(finding, Sockets.LookAt(look), Given.Ips(pod));
        }

        var spec = new BoundSpec(Sockets.Port, duration, zooKeeper is null ? null : System.Net.IPEndPoint.Parse(zooKeeper));
        return new BoundVerdict(spec, Given.Ips(pod), "POD_IPS", finding!, mode);
    }
}
