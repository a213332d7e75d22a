using DnsGate.Core.Bound;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Bound;

/// <summary>Which sockets match the pod, and the verdict on a series of snapshots. One row for each sentence.</summary>
public sealed class BoundVerdictTests
{
    private const string Pod4 = "10.244.1.7";
    private const string Pod6 = "fd00:10:244:1::7";
    private const string Both = Pod4 + " " + Pod6;

    [Theory]
    [InlineData("the pod's address", Pod4, "10.244.1.7=1", "10.244.1.7=1>10.244.1.7")]
    [InlineData("the pod's IPv6 address", Pod6, "fd00:10:244:1::7=1", "fd00:10:244:1::7=1>fd00:10:244:1::7")]
    [InlineData("one of two addresses is enough", Both, "fd00:10:244:1::7=1", "fd00:10:244:1::7=1>fd00:10:244:1::7")]
    [InlineData("the wildcard of IPv4", Pod4, "0.0.0.0=1", "0.0.0.0=1>10.244.1.7")]
    [InlineData("the wildcard of IPv4 takes no IPv6", Pod6, "0.0.0.0=1", "")]
    [InlineData("the wildcard of IPv6", Pod6, "::=1", "::=1>fd00:10:244:1::7")]
    [InlineData("the wildcard of IPv6 takes IPv4, as Java binds it", Pod4, "::=1", "::=1>10.244.1.7")]
    [InlineData("the wildcard of IPv6 takes both", Both, "::=1", "::=1>10.244.1.7")]
    [InlineData("it takes no IPv4 where another socket has the port for IPv4", Pod4, "::=1 127.0.0.1=2", "")]
    [InlineData("nor of a pod with both", Both, "::=1 127.0.0.1=2", "::=1>fd00:10:244:1::7")]
    [InlineData("two wildcards, one of each family", Both, "::=1 0.0.0.0=2", "0.0.0.0=2>10.244.1.7 ::=1>fd00:10:244:1::7")]
    [InlineData("an IPv6 socket elsewhere takes nothing from it", Pod4, "::=1 ::1=2", "::=1>10.244.1.7")]
    [InlineData("loopback", Pod4, "127.0.0.1=1", "")]
    [InlineData("loopback of IPv6", Both, "::1=1", "")]
    [InlineData("another address", Pod4, "10.244.2.9=1", "")]
    [InlineData("the pod's own address before the wildcard", Both, "::=1 10.244.1.7=2", "10.244.1.7=2>10.244.1.7 ::=1>fd00:10:244:1::7")]
    [InlineData("several at one address (SO_REUSEPORT)", Pod4,
        "10.244.1.7=1 10.244.1.7=2", "10.244.1.7=1>10.244.1.7 10.244.1.7=2>10.244.1.7")]
    [InlineData("nothing", Pod4, "", "")]
    public void The_sockets_that_accept_connections_to_the_pod(string sentence, string pod, string listeners, string own) =>
        Assert.Equal(
            (sentence, own),
            (sentence, string.Join(' ', ListenerMatch.FindAll(Sockets.Parse(listeners), Fixtures.Ips(pod))
                .Select(item => $"{Sockets.Show([item.Socket])}>{item.Address}"))));

    /// <summary>Bars separate the snapshots; a question mark means that a table could not be read.</summary>
    [Theory]
    [InlineData("it listens", "10.244.1.7=1", BoundReason.Listens, "10.244.1.7=1")]
    [InlineData("nothing listens", "", BoundReason.NothingListens, "")]
    [InlineData("something listens elsewhere", "127.0.0.1=1", BoundReason.ListensElsewhere, "")]
    [InlineData("a table that cannot be read does not matter where the other one has it",
        "?10.244.1.7=1", BoundReason.Listens, "10.244.1.7=1")]
    [InlineData("a table that cannot be read may have it", "?", BoundReason.Unreadable, "")]
    [InlineData("a table that cannot be read may have it, whatever the other one has", "?127.0.0.1=1", BoundReason.Unreadable, "")]
    [InlineData("the same socket", "10.244.1.7=1|10.244.1.7=1", BoundReason.Listens, "10.244.1.7=1")]
    [InlineData("the same socket, with a table gone", "10.244.1.7=1|?10.244.1.7=1", BoundReason.Listens, "10.244.1.7=1")]
    [InlineData("it vanished", "10.244.1.7=1|", BoundReason.Vanished, "10.244.1.7=1")]
    [InlineData("it vanished, and one elsewhere is left", "10.244.1.7=1|127.0.0.1=2", BoundReason.Vanished, "10.244.1.7=1")]
    [InlineData("it vanished with a table", "10.244.1.7=1|?", BoundReason.Unreadable, "10.244.1.7=1")]
    [InlineData("another socket in its place", "10.244.1.7=1|10.244.1.7=2", BoundReason.Replaced, "10.244.1.7=1")]
    [InlineData("another socket, with a table gone", "10.244.1.7=1|?10.244.1.7=2", BoundReason.Unreadable, "10.244.1.7=1")]
    [InlineData("another socket at the wildcard", "10.244.1.7=1|0.0.0.0=2", BoundReason.Replaced, "10.244.1.7=1")]
    [InlineData("the same inode at another address is another socket", "10.244.1.7=1|0.0.0.0=1", BoundReason.Replaced, "10.244.1.7=1")]
    [InlineData("a second socket beside it changes nothing", "10.244.1.7=1|10.244.1.7=1 10.244.1.7=2", BoundReason.Listens, "10.244.1.7=1")]
    [InlineData("one of two that share the port is enough",
        "10.244.1.7=1 10.244.1.7=2|10.244.1.7=2|10.244.1.7=2", BoundReason.Listens, "10.244.1.7=2")]
    [InlineData("but it must be one that was there in the first snapshot",
        "10.244.1.7=1|10.244.1.7=1 10.244.1.7=2|10.244.1.7=2", BoundReason.Replaced, "10.244.1.7=1")]
    [InlineData("a wildcard that is joined by IPv4 is held all the same", "::=1|::=1 0.0.0.0=2", BoundReason.Listens, "::=1")]
    internal void The_verdict_on_a_series_of_snapshots(string sentence, string snapshots, BoundReason reason, string matches)
    {
        BoundVerdict? verdict = null;
        foreach (var snapshot in snapshots.Split('|'))
        {
            verdict = BoundVerdict.Judge(verdict, Sockets.SnapshotOf(snapshot), Fixtures.Ips(Pod4));
        }

        Assert.Equal((sentence, reason, matches), (sentence, verdict!.Reason, Sockets.Show(verdict.Matches.Select(match => match.Socket))));
    }
}
