using DnsGate.Core.Bound;
using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Bound;

/// <summary>The verdict, its exit code, and its words.</summary>
public sealed class BoundReportTests
{
    [Theory]
    [InlineData("an address", "10.244.1.7=1", "6s", 0, "bound: 10.244.1.7:3888 has been listening for 6s")]
    [InlineData("one look", "10.244.1.7=1", "0", 0, "bound: 10.244.1.7:3888 is listening")]
    [InlineData("the wildcard", "0.0.0.0=1", "6s", 0,
        "bound: 10.244.1.7:3888 (through the wildcard 0.0.0.0:3888) has been listening for 6s")]
    [InlineData("the wildcard of IPv6", "::=1", "1500ms", 0,
        "bound: 10.244.1.7:3888 (through the wildcard [::]:3888) has been listening for 1500ms")]
    [InlineData("nothing", "", "6s", 1, "not bound: nothing listens on port 3888")]
    [InlineData("loopback only", "127.0.0.1=1", "6s", 1, "not bound: nothing listens on port 3888 at 10.244.1.7, only at 127.0.0.1")]
    [InlineData("elsewhere, sorted, each once", "::1=4 10.244.2.9=1 127.0.0.1=2 127.0.0.1=3", "6s",
        1, "not bound: nothing listens on port 3888 at 10.244.1.7, only at 10.244.2.9 127.0.0.1 ::1")]
    [InlineData("gone", "10.244.1.7=1|", "6s", 1, "not bound: 10.244.1.7:3888 stopped listening within 6s")]
    [InlineData("replaced", "10.244.1.7=1|10.244.1.7=2", "6s", 1,
        "not bound: the socket at 10.244.1.7:3888 was replaced by another one within 6s")]
    [InlineData("unreadable", "?", "6s", 3, "undecidable: '/proc/net/tcp6' cannot be read: Permission denied")]
    [InlineData("unreadable later", "10.244.1.7=1|?", "6s", 3, "undecidable: '/proc/net/tcp6' cannot be read: Permission denied")]
    public void The_first_line_is_the_verdict(string sentence, string snapshots, string held, int exitCode, string headline)
    {
        var judged = Judge(snapshots, held);
        Assert.Equal((sentence, exitCode, headline), (sentence, judged.ExitCode, judged.Text.Split('\n')[0]));
    }

    [Theory]
    [InlineData("loopback", "10.244.1.7", "127.0.0.1=1", "  127.0.0.1: loopback, ")]
    [InlineData("another address names the pod's, its source, and --ip", "10.244.1.7", "10.244.2.9=1",
        "  10.244.2.9: not an address of this pod, which is 10.244.1.7 (from POD_IPS); most likely a DNS server gave the application its "
        + "old one: 'dnsgate check' says which; if the address is right, name it with --ip")]
    [InlineData("the wildcard of IPv4 and a pod of IPv6", "fd00::7", "0.0.0.0=1",
        "  0.0.0.0: the wildcard of IPv4, and this pod has addresses of IPv6 only")]
    [InlineData("the wildcard of IPv6 that cannot take IPv4", "10.244.1.7",
        "::=1 127.0.0.1=2", "  ::: the wildcard of IPv6, and IPv6 alone")]
    [InlineData("nothing at all", "10.244.1.7", "", "  the application has not bound yet, could not, or listens on another port (--port)")]
    public void What_was_seen_and_what_to_do(string sentence, string pod, string listeners, string line) =>
        Assert.True(Judge(listeners, "6s", pod).Text.Split('\n').Any(text => text.StartsWith(line, StringComparison.Ordinal)), sentence);

    /// <summary>Kubernetes folds events of the same text; an inode differs at every restart.</summary>
    [Fact]
    public void The_text_tells_no_inodes()
    {
        Assert.Equal(Text(1001, 1002), Text(2001, 2002));

        static string Text(int first, int second) => string.Concat(
            new[] { $"10.244.1.7={first}", $"10.244.1.7={first}|10.244.1.7={second}", $"10.244.1.7={first}|", $"127.0.0.1={first}" }
                .Select(snapshots => Judge(snapshots, "6s").Text));
    }

    [Fact]
    public void A_thousand_addresses_do_not_make_a_thousand_lines()
    {
        var listeners = string.Join(' ', Enumerable.Range(0, 1000).Select(number => $"10.1.{number / 250}.{number % 250}={number}"));
        Assert.InRange(Judge(listeners, "6s").Text.Length, 1, 4096);
    }

    private static (int ExitCode, string Text) Judge(string snapshots, string held, string pod = "10.244.1.7")
    {
        Assert.True(Duration.TryParse(held, out var duration, out _));
        BoundVerdict? verdict = null;
        foreach (var snapshot in snapshots.Split('|'))
        {
            verdict = BoundVerdict.Judge(verdict, Sockets.SnapshotOf(snapshot), Fixtures.Ips(pod));
        }

        return (verdict!.ExitCode, BoundReport.Render(verdict, new BoundOptions(Sockets.Port, duration), (Fixtures.Ips(pod), "POD_IPS")));
    }
}
