using System.Collections.Concurrent;
using System.Diagnostics;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Behaviour over time: the window, retries, time limits. Numbers are those of docs/scenarios.md.</summary>
public sealed class WaitTests
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(1500);

    [Theory]
    [InlineData("700ms")]
    [InlineData("820ms")]
    [InlineData("940ms")]
    public async Task A_round_that_the_deadline_cuts_short_leaves_the_last_verdict_as_it_was(string timeout)
    {
        await using LoopbackNameServer server = new(Misbehaving.Late(TimeSpan.FromMilliseconds(60), Pod.Stale.WithTtl(0)));

        var ended = await Gate.RunAsync(Gate.Arguments("wait", server.Endpoint.ToString(), "--timeout", timeout));

        Assert.True(ended.ExitCode == 124, ended.ToString());
        Assert.StartsWith("closed: ", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains("stale-address", ended.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("timed-out", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_opens_once_every_server_has_agreed_for_the_window()
    {
        await using NameServers servers = new(Pod.Right, Pod.Right, Pod.Right);

        var verdict = await Gate.WaitAsync(servers.List);

        verdict.AssertIs(0, "open", "agrees");
        Assert.True(verdict.Settled);
        Assert.InRange(verdict.Json.GetProperty("agreeingRounds").GetInt32(), 3, 1000);
        Assert.True(verdict.Duration >= TimeSpan.FromMilliseconds(300), "before the window was full");
    }

    [Fact]
    public async Task It_stays_closed_while_one_of_three_is_stale_and_opens_when_that_one_turns_right()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale.WithTtl(1), Pod.Right);
        await using var wait = Gate.Start(Gate.Arguments("wait", servers.List));
        await servers[1].WaitForQueriesAsync(8).WaitAsync(Eventually.Limit);
        Assert.False(wait.HasExited);
        servers[1].Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("stale-address", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scenario_14_one_wrong_round_starts_the_window_over()
    {
        ConcurrentQueue<long> wrongAt = new();
        Func<ReceivedQuery, Response?> wrongOnce = query =>
        {
            wrongAt.Enqueue(Stopwatch.GetTimestamp());
            return Pod.Stale.WithTtl(0).ToBehaviour()(query);
        };
        await using NameServers servers = new(Pod.Right, Pod.Right);
        await using var wait = Gate.Start(Gate.Arguments("wait", servers.List, "--settle", "1500ms"));
        await servers[0].WaitForQueriesAsync(12).WaitAsync(Eventually.Limit); // two rounds
        servers[0].Behaviour = wrongOnce;
        await Eventually.HoldsAsync(() => !wrongAt.IsEmpty, () => wait.Stderr);
        servers[0].Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.True(
            Stopwatch.GetElapsedTime(wrongAt.Last()) >= Settle,
            $"opened {Stopwatch.GetElapsedTime(wrongAt.Last())} after the wrong answer: {ended}");
    }

    [Fact]
    public async Task Scenario_15_an_old_address_in_a_cache_is_asked_again_when_it_expires_and_not_twelve_times()
    {
        var cache = CountingDown(Pod.Stale, 12);
        await using NameServers servers = new(cache);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "6s");

        verdict.AssertIs(124, "closed", "stale-address");
        Assert.InRange(servers[0].Queries.Count(query => query.Type == RrType.A), 2, 8);
    }

    [Fact]
    public async Task An_old_address_in_a_cache_opens_soon_after_it_expires()
    {
        var cache = CountingDown(Pod.Stale, 3, Pod.Right);
        await using NameServers servers = new(cache);

        var verdict = await Gate.WaitAsync(servers.List);

        verdict.AssertIs(0, "open", "agrees");
        Assert.InRange(verdict.Duration, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Scenario_12_a_server_that_fails_keeps_it_waiting_and_ends_nothing()
    {
        await using NameServers servers = new(Misbehaving.Error(Rcode.ServFail), Misbehaving.Silent());
        await using var wait = Gate.Start(Gate.Arguments("wait", servers.List, "--query-timeout", "300ms"));
        await servers[0].WaitForQueriesAsync(6).WaitAsync(Eventually.Limit);
        Assert.False(wait.HasExited);
        servers[0].Behaviour = Pod.Right;
        servers[1].Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("server-failure", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("timed-out", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scenario_22b_a_right_answer_with_ttl_0_now_and_then_does_not_keep_the_window_from_filling()
    {
        var count = 0;
        await using NameServers servers = new(query =>
            Pod.Right.WithTtl((uint)(5 - Interlocked.Increment(ref count) % 6)).ToBehaviour()(query));

        var verdict = await Gate.WaitAsync(servers.List, "--settle", "1s");

        Assert.True(verdict is { ExitCode: 0, State: "open", Settled: true }, verdict.ToString());
    }

    [Fact]
    public async Task Ttl_0_always_closes_check_and_does_not_keep_wait_closed_for_ever()
    {
        await using NameServers servers = new(Pod.Right.WithTtl(0));

        var check = await Gate.CheckAsync(servers.List);
        var wait = await Gate.WaitAsync(servers.List);

        check.AssertIs(1, "closed", "ttl-zero");
        Assert.True(wait is { ExitCode: 0, State: "open" }, wait.ToString());
    }

    [Fact]
    public async Task The_time_limit_ends_it_with_124_and_the_last_verdict()
    {
        await using NameServers servers = new(Pod.Stale);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "700ms");

        verdict.AssertIs(124, "closed", "stale-address");
        Assert.True(verdict.Duration >= TimeSpan.FromMilliseconds(700), verdict.ToString());
        Assert.Contains("--timeout 700ms has passed", verdict.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_timeout_open_goes_on_and_says_so()
    {
        await using NameServers servers = new(Pod.Stale);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "500ms", "--on-timeout", "open");

        Assert.Equal(0, verdict.ExitCode);
        Assert.Contains("opened-by-timeout", verdict.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 124)]
    public async Task A_time_limit_of_0_is_one_round(bool right, int exitCode)
    {
        await using NameServers servers = new(right ? Pod.Right : Pod.Stale);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "0", "--settle", "1h");

        Assert.Equal(exitCode, verdict.ExitCode);
        Assert.InRange(servers[0].QueryCount, 2, 6);
        Assert.False(verdict.Settled);
    }

    [Fact]
    public async Task One_server_is_asked_at_most_8_questions_a_second_and_a_burst()
    {
        await using NameServers servers = new(Pod.Right);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "4s", "--settle", "1h", "--interval", "1ms");

        Assert.Equal(124, verdict.ExitCode);
        Assert.InRange(servers[0].QueryCount, 30, 64 + (int)(8 * verdict.Duration.TotalSeconds) + 6);
    }

    /// <summary>A cache: the TTL falls from the first question on; when it has run out, what comes after it.</summary>
    private static Func<ReceivedQuery, Response?> CountingDown(PodZone zone, uint ttl, PodZone? after = null)
    {
        long begun = 0;
        return query =>
        {
            Interlocked.CompareExchange(ref begun, Stopwatch.GetTimestamp(), 0);
            var age = (uint)Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return (age < ttl ? zone.WithTtl(ttl - age) : after ?? zone).ToBehaviour()(query);
        };
    }
}
