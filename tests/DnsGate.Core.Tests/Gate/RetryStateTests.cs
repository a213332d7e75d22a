using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Gate;

/// <summary>When one server is asked again, and in which partition, played second by second.</summary>
public sealed class RetryStateTests
{
    private static readonly Step Private = new(new ViewKey(ViewKind.Cluster), Stage.ClusterPrivate, Direction.Forward);
    private static readonly Step Plain = new(new ViewKey(ViewKind.Cluster), Stage.Cluster, Direction.Forward);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_right_answer_is_asked_for_in_the_same_partition_every_round() =>
        Assert.Equal("cd cd cd cd cd", Play(Private, 5, (_, _) => null));

    [Fact]
    public void Each_partition_keeps_its_own_entry_and_once_that_is_seen_the_rest_are_spread_over_the_TTL()
    {
        var caches = new CachesOf30Seconds();
        // The first is asked once more after 2 s: its TTL fell, so a cache keeps it, and each is left alone until its entry ends.
        Assert.Equal(
            "cd do cd" + Waits(8) + " cd+do" + Waits(18) + " cd" + Waits(9) + " do" + Waits(9) + " cd+do", Play(Private, 51, caches.Ask));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1.5, 11)]
    [InlineData(10.5, 11)]
    [InlineData(11.5, 30)]
    [InlineData(30.5, 40)]
    public void A_server_behind_a_cache_that_turns_right_is_noticed_within_a_third_of_the_TTL_if_early(double at, int noticed)
    {
        var caches = new CachesOf30Seconds();
        var moves = Play(Private, 60, (second, partition) =>
            caches.Ask(second, partition) is { } ttl && second + ttl - 30 >= at ? null : caches.Ask(second, partition)).Split(' ');
        Assert.Equal(moves[noticed], moves[noticed + 1]);
        Assert.NotEqual("-", moves[noticed]);
    }

    [Fact]
    public void As_the_application_asks_there_is_one_partition()
    {
        var caches = new CachesOf30Seconds();
        Assert.Equal("plain - plain" + Waits(27) + " plain", Play(Plain, 31, caches.Ask));
    }

    [Fact]
    public void An_old_address_with_12_seconds_left_is_asked_again_when_it_expires_not_twelve_times() =>
        Assert.Equal("plain - plain" + Waits(9) + " plain", Play(Plain, 13, (second, _) => second < 12 ? (uint)(12 - second) : null));

    [Fact]
    public void A_cache_that_all_partitions_share_is_seen_in_the_second_question() =>
        Assert.Equal("cd do" + Waits(18) + " do", Play(Private, 21, (second, _) => second < 20 ? (uint)(20 - second) : null));

    [Fact]
    public void An_answer_that_no_cache_keeps_is_asked_for_every_two_seconds() =>
        Assert.Equal("plain - plain - plain - plain - plain", Play(Plain, 9, (_, _) => 30));

    [Fact]
    public void An_answer_that_no_cache_keeps_is_asked_for_in_turn_in_two_partitions_and_the_third_is_kept_in_reserve()
    {
        var asked = Play(Private, 20, (_, _) => 30).Split(' ');
        Assert.Equal(["cd", "do", "cd", "do", "cd", "do"], asked[..6]);
        Assert.DoesNotContain("- -", string.Join(' ', asked), StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_answer_that_turns_right_is_noticed_in_the_next_question()
    {
        var state = After(Plain, (0, 30), (3, 30), (5, null));
        Assert.NotNull(state.NextPartition(TimeSpan.FromSeconds(5.1)));
    }

    [Fact]
    public void A_wrong_answer_with_TTL_0_is_asked_again_at_once_and_elsewhere() =>
        Assert.Equal("cd do cd+do cd do", Play(Private, 5, (_, _) => 0));

    [Fact]
    public void A_wrong_answer_with_TTL_0_is_asked_again_every_round_where_there_is_one_partition() =>
        Assert.Equal("plain plain plain", Play(Plain, 3, (_, _) => 0));

    [Fact]
    public void A_TTL_of_a_day_is_waited_out_for_30_seconds_at_most()
    {
        var state = After(Plain, (0, 86_400), (3, 86_397));
        Assert.Null(state.NextPartition(TimeSpan.FromSeconds(4)));
        Assert.Equal(TimeSpan.FromSeconds(33), state.DueAt(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void A_TTL_shorter_than_the_recheck_is_waited_out_as_it_is() =>
        Assert.Equal("plain - plain", Play(Plain, 3, (second, _) => second < 2 ? 2 : null));

    [Fact]
    public void What_was_observed_last_stands_while_a_server_is_left_alone()
    {
        var state = After(Plain, (0, 30));
        Assert.Null(state.NextPartition(TimeSpan.FromSeconds(1)));
        var observation = Assert.Single(state.LastObservations);
        Assert.Equal("A 10.244.2.9", AnswerText.Describe([observation]));
    }

    [Fact]
    public void A_silent_server_is_asked_again_in_the_next_round_and_then_ever_more_rarely_up_to_5_seconds()
    {
        var state = RetryState.Initial(Private);
        var asked = new List<double>();
        for (var tenth = 0; tenth < 300; tenth++)
        {
            var now = TimeSpan.FromSeconds(tenth / 10.0);
            if (tenth % 10 == 0 && state.NextPartition(now) is { } partition)
            {
                asked.Add(now.TotalSeconds);
                state = state.After(Silence(partition), Interval, now);
            }
        }

        Assert.Equal([0, 1, 3, 7, 12, 17, 22, 27], asked);
    }

    [Fact]
    public void A_sign_of_life_ends_the_back_off()
    {
        var state = RetryState.Initial(Private);
        for (var second = 0; second < 20; second++)
        {
            state = state.After(Silence(CachePartition.Cd), Interval, TimeSpan.FromSeconds(second));
        }

        state = state.After(Result(null, CachePartition.Cd), Interval, TimeSpan.FromSeconds(30));
        state = state.After(Silence(CachePartition.Cd), Interval, TimeSpan.FromSeconds(31));
        Assert.NotNull(state.NextPartition(TimeSpan.FromSeconds(32)));
    }

    [Fact]
    public void Silence_does_not_make_a_cached_answer_forgotten()
    {
        var state = After(Plain, (0, 30), (3, 27)).After(Silence(), Interval, TimeSpan.FromSeconds(4));
        Assert.Null(state.NextPartition(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Each_step_of_each_server_has_a_state_of_its_own()
    {
        var table = new RetryTable(Interval);
        table.Learn(Fixtures.S(1), Plain, Result(30), TimeSpan.Zero);
        Assert.Null(table[Fixtures.S(1), Plain].NextPartition(Interval));
        Assert.NotNull(table[Fixtures.S(2), Plain].NextPartition(Interval));
        Assert.NotNull(table[Fixtures.S(1), Plain with { Direction = Direction.Reverse }].NextPartition(Interval));
        Assert.NotNull(table[Fixtures.S(1), Private].NextPartition(Interval));
    }

    /// <summary>
    /// A row for each transition of the table in <see cref="RetryState"/>: the answers, then when the server is due again and where.
    /// </summary>
    [Theory]
    [InlineData("right: the same partition in the next round", "0 right", 1, 1, "Cd")]
    [InlineData("silent once: the same partition in the next round", "0 silent", 1, 1, "Cd")]
    [InlineData("silent twice: backs off two intervals", "0 silent, 1 silent", 1, 3, null)]
    [InlineData("silent three times: backs off four intervals", "0 silent, 1 silent, 3 silent", 4, 7, null)]
    [InlineData("silent many times: backs off 5 s at most", "0 silent, 1 silent, 3 silent, 7 silent, 12 silent", 13, 17, null)]
    [InlineData("no TTL: the next partition in the next round", "0 wrong 0", 1, 1, "Do")]
    [InlineData("no TTL in every partition: round and round", "0 wrong 0, 1 wrong 0, 2 wrong 0", 3, 3, "Cd")]
    [InlineData("new: the other partitions meanwhile", "0 wrong 30", 1, 1, "Do")]
    [InlineData("new: this one again after 2 s", "0 wrong 30, 1 wrong 30", 2, 2, "Cd")]
    [InlineData("new, TTL shorter than 2 s: when it has expired", "0 wrong 1", 1, 1, "Cd")]
    [InlineData("live: the same partition every 2 s", "0 wrong 30, 1 wrong 30, 2 wrong 30, 3 wrong 30", 4, 4, "Cd")]
    [InlineData("live, then right: the next round", "0 wrong 30, 1 wrong 30, 2 wrong 30, 3 wrong 30, 4 right", 5, 5, "Cd")]
    [InlineData("cached: the partitions that are left are spread over the TTL", "0 wrong 30, 1 wrong 30, 2 wrong 28", 3, 11, null)]
    [InlineData("cached: a partition that is left", "0 wrong 30, 1 wrong 30, 2 wrong 28", 11, 11, "CdDo")]
    [InlineData("cached, all partitions asked: when the first entry has expired",
        "0 wrong 30, 1 wrong 30, 2 wrong 28, 11 wrong 30", 22, 30, null)]
    [InlineData("cached, then silent: the entry is not forgotten", "0 wrong 30, 1 wrong 30, 2 wrong 28, 11 silent", 12, 12, "CdDo")]
    [InlineData("cached, then right: the next round", "0 wrong 30, 1 wrong 30, 2 wrong 28, 11 right", 12, 12, "CdDo")]
    [InlineData("shared: nothing before the entry expires", "0 wrong 20, 1 wrong 19", 8, 20, null)]
    [InlineData("shared: the partition asked last", "0 wrong 20, 1 wrong 19", 20, 20, "Do")]
    [InlineData("missing, not known to be cached: as any wrong answer", "0 missing 30", 1, 1, "Do")]
    [InlineData("missing, live: as any wrong answer", "0 missing 30, 1 missing 30, 2 missing 30, 3 missing 30", 4, 4, "Cd")]
    [InlineData("missing, shared: as any wrong answer", "0 missing 20, 1 missing 19", 8, 20, null)]
    [InlineData("missing: whether the name exists", "0 missing 30, 1 missing 30, 2 missing 28", 3, 3, "existence")]
    [InlineData("missing: again after 2 s", "0 missing 30, 1 missing 30, 2 missing 28, 3 absent", 4, 5, null)]
    [InlineData("missing: again and again", "0 missing 30, 1 missing 30, 2 missing 28, 3 absent, 5 absent", 7, 7, "existence")]
    [InlineData("missing: the partition that is left when it was due",
        "0 missing 30, 1 missing 30, 2 missing 28, 3 absent", 11, 11, "CdDo")]
    [InlineData("missing, all partitions asked", "0 missing 30, 1 missing 30, 2 missing 28, 11 missing 30", 22, 30, null)]
    [InlineData("missing: until an expired partition is left",
        "0 missing 30, 1 missing 30, 2 missing 28, 11 missing 30, 30 missing 30", 30, 31, null)]
    [InlineData("missing, then an old address", "0 missing 30, 1 missing 30, 2 missing 28, 11 wrong 30, 30 wrong 30", 31, 40, null)]
    [InlineData("exists: a partition that is left", "0 missing 30, 1 missing 30, 2 missing 28, 3 exists", 4, 4, "CdDo")]
    [InlineData("exists, then right: the next round", "0 missing 30, 1 missing 30, 2 missing 28, 3 exists, 4 right", 5, 5, "CdDo")]
    [InlineData("exists, yet missing in that partition", "0 missing 30, 1 missing 30, 2 missing 28, 3 exists, 4 missing 30", 15, 30, null)]
    public void A_transition(string sentence, string answers, double now, double dueAt, string? next)
    {
        var state = RetryState.Initial(Private);
        foreach (var answer in answers.Split(", "))
        {
            var words = answer.Split(' ');
            var at = TimeSpan.FromSeconds(double.Parse(words[0], CultureInfo.InvariantCulture));
            if (words[1] is "exists" or "absent")
            {
                Assert.True(state.IsExistenceDue(at), $"{sentence}: not due at {at}");
                state = state.AfterExistence(words[1] == "exists", at);
                continue;
            }

            var asked = state.NextPartition(at);
            Assert.True(asked is not null, $"{sentence}: not due at {at}");
            state = state.After(words[1] switch
            {
                "right" => Result(null, asked.Value),
                "silent" => Silence(asked.Value),
                var wrong =>
                    Result(uint.Parse(words[2], CultureInfo.InvariantCulture), asked.Value) with { IsNameMissing = wrong == "missing" },
            }, Interval, at);
        }

        var then = TimeSpan.FromSeconds(now);
        var asksNext = state.IsExistenceDue(then) ? "existence" : state.NextPartition(then)?.ToString();
        Assert.Equal((sentence, TimeSpan.FromSeconds(dueAt), next), (sentence, state.DueAt(then), asksNext));
    }

    [Fact]
    public void Outside_the_cluster_five_seconds_pass_between_two_questions_right_or_wrong()
    {
        var external = new Step(new ViewKey(ViewKind.External), Stage.External, Direction.Forward);
        Assert.Equal("plain - - - - plain - - - -", Play(external, 10, (second, _) => second < 5 ? null : 0));
    }

    /// <summary>
    /// One decision a second; the answer's wrong TTL, or null for a right one. Gives the partitions asked, - when left alone.
    /// </summary>
    private static string Play(Step step, int seconds, Func<int, CachePartition, uint?> ask)
    {
        var state = RetryState.Initial(step);
        var moves = new List<string>();
        for (var second = 0; second < seconds; second++)
        {
            var now = TimeSpan.FromSeconds(second);
            if (state.NextPartition(now) is { } partition)
            {
                Assert.Equal(now, state.DueAt(now));
                moves.Add(partition switch
                {
                    CachePartition.Cd => "cd",
                    CachePartition.Do => "do",
                    CachePartition.CdDo => "cd+do",
                    _ => "plain",
                });
                state = state.After(Result(ask(second, partition), partition), Interval, now);
            }
            else
            {
                Assert.True(state.DueAt(now) > now);
                moves.Add("-");
            }
        }

        return string.Join(' ', moves);
    }

    private static string Waits(int seconds) => string.Concat(Enumerable.Repeat(" -", seconds));

    /// <summary>The state after the answers of these seconds: the wrong TTL, or null for a right answer.</summary>
    private static RetryState After(Step step, params (double Second, uint? Ttl)[] answers)
    {
        var state = RetryState.Initial(step);
        foreach (var (second, ttl) in answers)
        {
            var now = TimeSpan.FromSeconds(second);
            state = state.After(Result(ttl, state.NextPartition(now) ?? CachePartition.Plain), Interval, now);
        }

        return state;
    }

    private static StepResult Result(uint? ttl, CachePartition partition = CachePartition.Plain) =>
        new(partition, [Fixtures.Observed(RecordType.A, ttl is null ? Fixtures.Own : $"{Fixtures.Old} ttl {ttl}")],
            IsSilent: false, ttl is { } left ? TimeSpan.FromSeconds(left) : null);

    private static StepResult Silence(CachePartition partition = CachePartition.Plain) =>
        new(partition, [Fixtures.Observed(RecordType.A, "SILENCE")], IsSilent: true, WrongTtl: null);

    /// <summary>The cache of CoreDNS: an entry for each partition, kept 30 s from when it was asked, each with the old answer.</summary>
    private sealed class CachesOf30Seconds
    {
        private readonly Dictionary<CachePartition, int> since = [];

        public uint? Ask(int second, CachePartition partition)
        {
            if (!since.TryGetValue(partition, out var stored) || second - stored >= 30)
            {
                since[partition] = stored = second;
            }

            return (uint)(30 - (second - stored));
        }
    }
}
