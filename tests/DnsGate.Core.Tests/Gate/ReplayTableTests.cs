using System.Globalization;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// Replay tables: <c>t=5 s2: right</c> says what a server says from then on (TTL 0: what it says now is asked for in each
/// round), <c>t=9 -> closed stale-address</c> what the gate says then. <c>app:</c> is the name server of resolv.conf.
/// Numbers in names of tests are those of docs/scenarios.md.
/// </summary>
public sealed class ReplayTableTests
{
    [Fact]
    public void One_all_right_opens_after_the_window() => Play(
        "t=0   s1: right | s2: right | s3: right",
        "t=4.9 -> closed agrees",
        "t=5.6 -> open");

    [Fact]
    public void Two_one_of_three_says_the_old_address() => Play(
        "t=0   s1: right | s2: A 10.244.2.9 ttl 0 | s3: right",
        "t=20  -> closed stale-address",
        "t=20  s2: right",
        "t=25  -> closed agrees",
        "t=27  -> open");

    [Fact]
    public void Three_one_of_three_says_NXDOMAIN() => Play(
        "t=0   s1: right | s2: right | s3: all NXDOMAIN ttl 0",
        "t=20  -> closed name-missing",
        "t=20  s3: right",
        "t=25  -> closed agrees",
        "t=27  -> open");

    [Fact]
    public void The_old_address_then_nothing_then_the_own() => Play(
        "t=0   s1: A 10.244.2.9 ttl 0 | s2: A 10.244.2.9 ttl 0",
        "t=5   -> closed stale-address",
        "t=5   s1: all NXDOMAIN ttl 0",
        "t=7   -> closed name-missing",
        "t=7   s1: right",
        "t=12  -> closed stale-address",
        "t=12  s2: right",
        "t=17  -> closed agrees",
        "t=19  -> open");

    [Fact]
    public void Fourteen_right_then_wrong_for_one_round_then_right() => Play(
        "t=0   s1: right | s2: right",
        "t=3.5 -> closed agrees",
        "t=3.5 s2: A 10.244.2.9 ttl 0",
        "t=4.6 -> closed stale-address",
        "t=4.6 s2: right",
        "t=9.4 -> closed agrees",
        "t=11.5 -> open");

    [Fact]
    public void A_server_that_falls_silent_for_one_round_costs_one_window() => Play(
        "t=0   s1: right | s2: right",
        "t=3.5 s2: all SILENCE",
        "t=4.7 -> closed timed-out",
        "t=4.7 s2: right",
        "t=9.4 -> closed agrees",
        "t=12 -> open");

    [Fact]
    public void Nine_all_servers_down_and_back() => Play(
        "t=0   s1: all SILENCE | s2: all SILENCE",
        "t=60  -> undecidable timed-out",
        "t=60  s1: right",
        "t=70  -> closed timed-out",
        "t=70  s2: right",
        "t=75  -> closed agrees",
        "t=82  -> open");

    [Fact]
    public void Nine_all_servers_unreachable_and_back() => Play(
        "t=0   s1: all UNREACHABLE | s2: all UNREACHABLE",
        "t=60  -> undecidable unreachable",
        "t=60  s1: right | s2: right",
        "t=64  -> closed agrees",
        "t=72  -> open");

    [Fact]
    public void Ten_one_hangs_with_a_majority_it_opens_in_time() => Play(
        Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf },
        "t=0   s1: right | s2: right | s3: all SILENCE",
        "t=4.9 -> closed agrees",
        "t=8 -> open");

    [Fact]
    public void Eleven_one_hangs_and_another_is_wrong_with_a_majority() => Play(
        Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf },
        "t=0   s1: right | s2: A 10.244.2.9 ttl 0 | s3: all SILENCE",
        "t=60  -> closed stale-address");

    [Fact]
    public void Twelve_SERVFAIL_until_the_servers_have_synced() => Play(
        "t=0   s1: all SERVFAIL | s2: all SERVFAIL",
        "t=30  -> closed server-failure",
        "t=30  s1: right",
        "t=33  -> closed server-failure",
        "t=33  s2: right",
        "t=38  -> closed agrees",
        "t=41  -> open");

    [Fact]
    public void Thirteen_the_PTR_is_forwarded_until_the_server_serves_it() => Play(
        "t=0   s1: PTR ip-10-244-1-7.eu-west-1.compute.internal ra ttl 0",
        "t=10  -> closed reverse-forwarded",
        "t=10  s1: right",
        "t=18  -> open");

    [Fact]
    public void The_name_server_of_the_application_turns_right_last() => Play(
        "t=0   s1: right | app: A 10.244.2.9 ttl 0",
        "t=12  -> closed stale-address",
        "t=12  app: right",
        "t=16  -> closed agrees",
        "t=20  -> open");

    [Fact]
    public void Errors_of_all_kinds_never_open() => Play(
        "t=0   s1: all REFUSED",
        "t=30  -> closed refused",
        "t=30  s1: all GARBAGE",
        "t=60  -> closed malformed",
        "t=60  s1: all NOTIMP",
        "t=90  -> closed server-failure",
        "t=90  s1: A NODATA",
        "t=120  -> closed no-address");

    private static void Play(params string[] lines) => Play(null, lines);

    private static void Play(View? cluster, params string[] lines)
    {
        var time = new ManualTime();
        var servers = new Dictionary<ServerAddress, FakeAnswers>();
        var rows = lines.Select(Row.Read).ToList();
        foreach (var row in rows.TakeWhile(row => row.At == 0))
        {
            row.Tell(servers);
        }

        var views = new List<View> { cluster ?? Fixtures.Cluster(servers.Keys.Count(server => server != Fixtures.Vip)) };
        if (servers.ContainsKey(Fixtures.Vip))
        {
            views.Add(Fixtures.App(Server.SamplesOfVirtualAddress));
        }

        var replay = new Replay(time, Fixtures.Listing([.. views]), (question, _) => servers[question.Server].To(question));
        foreach (var row in rows)
        {
            replay.Until(row.At);
            if (row.Expected is { } expected)
            {
                Assert.Equal($"{row.Text.Split("->")[0]}-> {expected}", $"{row.Text.Split("->")[0]}-> {replay}");
            }

            row.Tell(servers);
        }
    }

    private sealed record Row(string Text, double At, string? Expected, string Verdict)
    {
        public static Row Read(string text)
        {
            var blank = text.IndexOf(' ', StringComparison.Ordinal);
            var (at, rest) = (double.Parse(text[2..blank], CultureInfo.InvariantCulture), text[blank..].Trim());
            return rest.StartsWith("->", StringComparison.Ordinal)
                ? new Row(text, at, rest[2..].Trim(), "")
                : new Row(text, at, null, rest);
        }

        public void Tell(Dictionary<ServerAddress, FakeAnswers> servers)
        {
            foreach (var part in Verdict.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var colon = part.IndexOf(':', StringComparison.Ordinal);
                var server = part[..colon] == "app" ? Fixtures.Vip : Fixtures.S(int.Parse(part[1..colon], CultureInfo.InvariantCulture));
                servers[server] = FakeAnswers.By(part[(colon + 1)..].Trim());
            }
        }
    }
}
