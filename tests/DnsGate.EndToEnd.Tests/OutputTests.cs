using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>stdout carries the result and nothing else, stderr the log and nothing else; the environment mirrors the flags.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData("check")]
    [InlineData("wait")]
    public async Task The_result_is_on_stdout_and_only_the_log_on_stderr(string verb)
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.RunAsync(Gate.Arguments(verb, servers.List));

        Assert.Equal($"open: {Pod.Name} is {Pod.Ip} at the only DNS server\n", ended.Stdout);
        Assert.Equal(verb == "wait", ended.Stderr.Contains("opened", StringComparison.Ordinal));
        Assert.Equal(verb == "check", ended.Stderr.Length == 0);
    }

    [Theory]
    [InlineData("check", 0)]
    [InlineData("check", 1)]
    [InlineData("wait", 0)]
    public async Task Output_none_prints_nothing(string verb, int exitCode)
    {
        await using NameServers servers = new(exitCode == 0 ? Pod.Right : Pod.Stale);

        var ended = await Gate.RunAsync(Gate.Arguments(verb, servers.List, "-o", "none"));

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Empty(ended.Stdout);
    }

    [Fact]
    public async Task Text_is_the_same_from_round_to_round()
    {
        await using NameServers servers = new(Pod.Stale, Pod.Missing, Misbehaving.Error(Rcode.Refused));

        var first = await Gate.RunAsync(Gate.Arguments("check", servers.List));
        var second = await Gate.RunAsync(Gate.Arguments("check", servers.List));

        Assert.Equal(first.Stdout, second.Stdout);
        Assert.StartsWith(
            $"closed: 3 of 3 DNS servers disagree: name-missing at {servers[1].Address}\n", first.Stdout, StringComparison.Ordinal);
        Assert.Contains($"\n  expected: {Pod.Name} = {Pod.Ip}\n", first.Stdout, StringComparison.Ordinal);
        Assert.Contains($"stale-address    A {Pod.OldIp}, expected {Pod.Ip}", first.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_fields_of_version_1()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(12));

        var verdict = await Gate.CheckAsync(servers.List);

        Assert.Equal(1, verdict.Json.GetProperty("version").GetInt32());
        Assert.Equal(Pod.Name, verdict.Json.GetProperty("name").GetString());
        Assert.Equal(Pod.Ip, Assert.Single(verdict.Json.GetProperty("addresses").EnumerateArray()).GetString());
        Assert.Equal("static", verdict.Json.GetProperty("coverage").GetString());
        Assert.Equal(
            ($"closed: the only DNS server disagrees: stale-address at {servers[0].Address}", 1),
            (verdict.Json.GetProperty("summary").GetString(), verdict.Json.GetProperty("exitCode").GetInt32()));
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", verdict.Json.GetProperty("time").GetString());
        Assert.StartsWith(
            "stale-address: ", Assert.Single(verdict.Json.GetProperty("remedies").EnumerateArray()).GetString(), StringComparison.Ordinal);
        var server = Assert.Single(verdict.Servers);
        Assert.Equal(
            ("cluster", "static", true, false),
            (server.GetProperty("view").GetString(), server.GetProperty("source").GetString(),
                server.GetProperty("required").GetBoolean(), server.GetProperty("agrees").GetBoolean()));
        var observation = server.GetProperty("observations")
            .EnumerateArray()
            .First(item => item.GetProperty("question").GetString() == $"A {Pod.Name}");
        Assert.Equal(("records", 12), (observation.GetProperty("outcome").GetString(), observation.GetProperty("ttl").GetInt32()));
        Assert.Equal(Pod.OldIp, Assert.Single(observation.GetProperty("records").EnumerateArray()).GetString());
        Assert.True(observation.GetProperty("rttMs").GetDouble() >= 0);
    }

    [Fact]
    public async Task A_hostile_ptr_is_printed_in_printable_characters_only()
    {
        await using NameServers servers = new(Pod.Right.WithPtr("a\\027[31m\\010\\\"b.example.com"));

        var text = await Gate.RunAsync(Gate.Arguments("check", servers.List));
        var json = await Gate.CheckAsync(servers.List);

        Assert.Contains("\\027", text.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text.Stdout);
        json.AssertIs(1, "closed", "reverse-mismatch");
    }

    [Fact]
    public async Task Every_flag_has_its_mirror_in_the_environment()
    {
        await using NameServers servers = new(Pod.Right.WithPtr(Pod.Name, "other.example.com"), Misbehaving.Silent());
        Dictionary<string, string> environment = new()
        {
            ["DNSGATE_NAME"] = Pod.Name,
            ["DNSGATE_IPS"] = $"{Pod.Ip}, {Pod.Ip6}",
            ["DNSGATE_SERVERS"] = servers.List.Replace(',', ' '),
            ["DNSGATE_APP"] = "off",
            ["DNSGATE_REVERSE"] = "only",
            ["DNSGATE_FAMILIES"] = "ipv4",
            ["DNSGATE_REQUIRE"] = "1",
            ["DNSGATE_QUERY_TIMEOUT"] = "300ms",
            ["DNSGATE_TIMEOUT"] = "20s",
            ["DNSGATE_OUTPUT"] = "json",
        };

        Verdict mirrored = new(await Gate.RunAsync(environment, "check"));
        Verdict overridden = new(await Gate.RunAsync(environment, "check", "--reverse", "contains"));

        mirrored.AssertIs(1, "closed", "reverse-extra");
        overridden.AssertIs(0, "open", "agrees");
        Assert.DoesNotContain(servers[0].Queries, query => query.Type == RrType.Aaaa);
    }

    [Theory]
    [InlineData(">&-", "check")]
    [InlineData("<&- >&-", "check")]
    [InlineData(">/dev/full", "check")]
    [InlineData("2>&- >/dev/null", "check")]
    [InlineData("<&- >&- 2>&-", "check")]
    [InlineData(">&-", "wait")]
    [InlineData("2>&-", "wait")]
    [InlineData(">&- 2>&-", "wait")]
    public async Task A_reader_that_is_gone_changes_nothing(string redirection, string verb)
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.ShellAsync($"exec 9>&2; \"$0\" \"$@\" {redirection}; echo $? >&9", Gate.Arguments(verb, servers.List));

        Assert.EndsWith("0\n", ended.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, servers[0].UnreadableCount); // the result was not written into a socket
    }

    [Fact]
    public async Task A_usage_error_without_stderr_is_still_exit_code_2()
    {
        var ended = await Gate.ShellAsync("\"$0\" bogus 2>&-; echo $?");

        Assert.Equal("2\n", ended.Stdout);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("version")]
    public async Task Help_and_version_survive_a_reader_that_is_gone(string argument)
    {
        var ended = await Gate.ShellAsync("\"$0\" \"$1\" >&-; echo $? >&2", argument);

        Assert.Equal("0\n", ended.Stderr);
    }

    [Fact]
    public async Task The_log_can_be_json_and_quiet()
    {
        await using NameServers servers = new(Pod.Right);

        var json = await Gate.RunAsync(Gate.Arguments("wait", servers.List, "--log-format", "json"));
        var quiet = await Gate.RunAsync(Gate.Arguments("wait", servers.List, "--log-level", "error"));

        Assert.All(json.Stderr.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("{\"time\":", line, StringComparison.Ordinal));
        Assert.Empty(quiet.Stderr);
    }

    [Fact]
    public async Task Explain_is_a_page_and_ends_with_the_code_of_the_verdict()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale);

        var ended = await Gate.RunAsync(Gate.Arguments("explain", servers.List));

        Assert.Equal(1, ended.ExitCode);
        Assert.All(["Identity", "Expected", "DNS servers", "What to do", "stale-address", Pod.OldIp, "--name"], word =>
            Assert.Contains(word, ended.Stdout, StringComparison.Ordinal));
        Assert.All(ended.Stdout.Split('\n'), line => Assert.True(line.Length <= 100, line));
    }
}
