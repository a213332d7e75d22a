using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Tests.Judge;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Tests.Settle;

/// <summary>The patience with one step at one server, played second by second.</summary>
public sealed class StepMemoryTests
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
        Assert.Equal("cd do cd" + Waits(8) + " cd+do" + Waits(18) + " cd" + Waits(9) + " do" + Waits(9) + " cd+do", Play(Private, 51, caches.Ask));
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
        var moves = Play(Private, 60, (second, partition) => caches.Ask(second, partition) is { } ttl && second + ttl - 30 >= at ? null : caches.Ask(second, partition)).Split(' ');
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
        var memory = new StepMemory(Plain);
        Learn(memory, 0, 30);
        Learn(memory, 3, 30);
        Learn(memory, 5, null);
        Assert.IsType<NextMove.Ask>(memory.Decide(TimeSpan.FromSeconds(5.1)));
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
        var memory = new StepMemory(Plain);
        Learn(memory, 0, 86_400);
        Learn(memory, 3, 86_397);
        Assert.Equal(TimeSpan.FromSeconds(33), Assert.IsType<NextMove.Hold>(memory.Decide(TimeSpan.FromSeconds(4))).Until);
    }

    [Fact]
    public void A_TTL_shorter_than_the_recheck_is_waited_out_as_it_is() =>
        Assert.Equal("plain - plain", Play(Plain, 3, (second, _) => second < 2 ? 2 : null));

    [Fact]
    public void What_was_observed_last_stands_while_a_server_is_left_alone()
    {
        var memory = new StepMemory(Plain);
        Learn(memory, 0, 30);
        var observation = Assert.Single(Assert.IsType<NextMove.Hold>(memory.Decide(TimeSpan.FromSeconds(1))).Last);
        Assert.Equal("A 10.244.2.9", Said.Of([observation]));
    }

    [Fact]
    public void A_silent_server_is_asked_again_in_the_next_round_and_then_ever_more_rarely_up_to_5_seconds()
    {
        var memory = new StepMemory(Private);
        var asked = new List<double>();
        for (var tenth = 0; tenth < 300; tenth++)
        {
            var now = TimeSpan.FromSeconds(tenth / 10.0);
            if (tenth % 10 == 0 && memory.Decide(now) is NextMove.Ask move)
            {
                asked.Add(now.TotalSeconds);
                memory.Learn(Silence(move.Partition), Interval, now);
            }
        }

        Assert.Equal([0, 1, 3, 7, 12, 17, 22, 27], asked);
    }

    [Fact]
    public void A_sign_of_life_ends_the_back_off()
    {
        var memory = new StepMemory(Private);
        for (var second = 0; second < 20; second++)
        {
            memory.Learn(Silence(CachePartition.Cd), Interval, TimeSpan.FromSeconds(second));
        }

        Learn(memory, 30, null);
        memory.Learn(Silence(CachePartition.Cd), Interval, TimeSpan.FromSeconds(31));
        Assert.IsType<NextMove.Ask>(memory.Decide(TimeSpan.FromSeconds(32)));
    }

    [Fact]
    public void Silence_does_not_make_a_cached_answer_forgotten()
    {
        var memory = new StepMemory(Plain);
        Learn(memory, 0, 30);
        Learn(memory, 3, 27);
        memory.Learn(Silence(), Interval, TimeSpan.FromSeconds(4));
        Assert.IsType<NextMove.Hold>(memory.Decide(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Servers_and_steps_are_remembered_each_for_itself()
    {
        var patience = new Patience(Interval);
        patience.Learn(Given.S(1), Plain, Finding(30), TimeSpan.Zero);
        Assert.IsType<NextMove.Hold>(patience.Decide(Given.S(1), Plain, Interval));
        Assert.IsType<NextMove.Ask>(patience.Decide(Given.S(2), Plain, Interval));
        Assert.IsType<NextMove.Ask>(patience.Decide(Given.S(1), Plain with { Direction = Direction.Reverse }, Interval));
        Assert.IsType<NextMove.Ask>(patience.Decide(Given.S(1), Private, Interval));
    }

    [Fact]
    public void TTL_zero_is_counted_per_server_and_view()
    {
        var patience = new Patience(Interval);
        var zero = new Judgement(Reason.TtlZero, "");
        Reason Count(int server, ViewKind view) => patience.CountTtlZero(Given.S(server), new ViewKey(view), zero).Reason;
        Assert.Equal([Reason.TtlZero, Reason.TtlZero], [Count(1, ViewKind.Cluster), Count(1, ViewKind.Cluster)]);
        Assert.Equal([Reason.TtlZero, Reason.TtlZero], [Count(1, ViewKind.App), Count(2, ViewKind.Cluster)]);
        Assert.Equal(Reason.Agrees, Count(1, ViewKind.Cluster));
        patience.CountTtlZero(Given.S(1), new ViewKey(ViewKind.Cluster), new Judgement(Reason.TimedOut, ""));
        Assert.Equal(Reason.TtlZero, Count(1, ViewKind.Cluster));
    }

    /// <summary>One decision a second; the answer's wrong TTL, or null for a right one. Gives the partitions asked, - when left alone.</summary>
    private static string Play(Step step, int seconds, Func<int, CachePartition, uint?> ask)
    {
        var memory = new StepMemory(step);
        var moves = new List<string>();
        for (var second = 0; second < seconds; second++)
        {
            var now = TimeSpan.FromSeconds(second);
            if (memory.Decide(now) is NextMove.Ask move)
            {
                moves.Add(move.Partition switch { CachePartition.Cd => "cd", CachePartition.Do => "do", CachePartition.CdDo => "cd+do", _ => "plain" });
                memory.Learn(Finding(ask(second, move.Partition), move.Partition), Interval, now);
            }
            else
            {
                moves.Add("-");
            }
        }

        return string.Join(' ', moves);
    }

    private static string Waits(int seconds) => string.Concat(Enumerable.Repeat(" -", seconds));

    private static void Learn(StepMemory memory, int second, uint? ttl)
    {
        var partition = memory.Decide(TimeSpan.FromSeconds(second)) is NextMove.Ask ask ? ask.Partition : CachePartition.Plain;
        memory.Learn(Finding(ttl, partition), Interval, TimeSpan.FromSeconds(second));
    }

    private static StepFinding Finding(uint? ttl, CachePartition partition = CachePartition.Plain) =>
        new(partition, [Given.Observed(RecordType.A, ttl is null ? Given.Own : $"{Given.Old} ttl {ttl}")], IsSilent: false, ttl is { } left ? TimeSpan.FromSeconds(left) : null);

    private static StepFinding Silence(CachePartition partition = CachePartition.Plain) => new(partition, [Given.Observed(RecordType.A, "SILENCE")], IsSilent: true, WrongTtl: null);

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
