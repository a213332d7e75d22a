using System.Collections.Immutable;
using System.Net;
using DnsGate.Bound;
using DnsGate.Core.Bound;
using DnsGate.Core.Spec;
using DnsGate.TestKit;

namespace DnsGate.Tests.Bound;

/// <summary>Holding, under a clock that moves by hand.</summary>
public sealed class HoldingTests
{
    private static readonly IPAddress Pod = IPAddress.Parse("10.244.1.7");
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(6);

    private readonly ManualTime time = new();
    private readonly List<double> looks = [];

    [Fact]
    public async Task The_same_socket_all_the_while_is_bound_after_exactly_the_held_time()
    {
        var verdict = await HoldAsync(_ => [Socket(1)]);

        Assert.True(verdict.IsBound);
        Assert.Equal(Held, time.Elapsed);
        Assert.Equal((0.0, 6.0, 25), (looks[0], looks[^1], looks.Count));
    }

    [Fact]
    public async Task A_held_time_that_is_no_multiple_of_the_pace_ends_with_a_look_too()
    {
        await HoldAsync(_ => [Socket(1)], TimeSpan.FromMilliseconds(450));

        Assert.Equal([0, 0.25, 0.45], looks);
    }

    [Fact]
    public async Task No_held_time_is_one_look()
    {
        Assert.True((await HoldAsync(_ => [Socket(1)], TimeSpan.Zero)).IsBound);
        Assert.Equal([0], looks);
    }

    [Fact]
    public async Task Nothing_is_a_no_at_once_even_if_something_comes_later()
    {
        var verdict = await HoldAsync(at => at < 0.1 ? [] : [Socket(1)]);

        Assert.Equal((BoundReason.NothingListens, TimeSpan.Zero), (verdict.Finding.Reason, time.Elapsed));
    }

    [Fact]
    public async Task Somewhere_else_is_a_no_at_once()
    {
        var verdict = await HoldAsync(_ => [new Listener(IPAddress.Loopback, 3888, 1)]);

        Assert.Equal((BoundReason.ListensElsewhere, TimeSpan.Zero), (verdict.Finding.Reason, time.Elapsed));
    }

    [Fact]
    public async Task A_socket_that_vanishes_is_a_no_at_the_next_look()
    {
        var verdict = await HoldAsync(at => at < 3.1 ? [Socket(1)] : []);

        Assert.Equal((BoundReason.Vanished, TimeSpan.FromSeconds(3.25)), (verdict.Finding.Reason, time.Elapsed));
    }

    [Fact]
    public async Task A_socket_that_is_replaced_between_two_looks_is_a_no()
    {
        var verdict = await HoldAsync(at => [Socket(at < 5.9 ? 1u : 2u)]);

        Assert.Equal((BoundReason.Replaced, TimeSpan.FromSeconds(6)), (verdict.Finding.Reason, time.Elapsed));
    }

    /// <summary>The kernel hands tables out in pieces: one that changes meanwhile may lack a socket that is there.</summary>
    [Fact]
    public async Task A_socket_that_one_reading_missed_is_looked_for_once_more()
    {
        var missed = false;
        var verdict = await HoldAsync(at =>
        {
            if (at < 1 || missed)
            {
                return [Socket(1)];
            }

            missed = true;
            return [];
        });

        Assert.True(missed && verdict.IsBound);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_later_is_undecidable()
    {
        var verdict = await HoldAsync(at => at < 1 ? [Socket(1)] : null);

        Assert.Equal(ExitCode.Undecidable, verdict.ExitCode);
    }

    [Fact]
    public async Task A_signal_ends_it_at_once()
    {
        using var stop = new CancellationTokenSource();
        var holding = new Holding(_ => new Look([Socket(1)], null), time);
        var running = holding.RunAsync(new BoundSpec(3888, Held), [Pod], "--ip", stop.Token);
        await time.WaitForTimersAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Listener Socket(uint inode) => new(Pod, 3888, inode);

    /// <summary>Holds what a script shows: the sockets at each time in seconds, null where the tables cannot be read.</summary>
    private async Task<BoundVerdict> HoldAsync(Func<double, ImmutableArray<Listener>?> script, TimeSpan? held = null)
    {
        Look LookNow(ImmutableArray<OwnListener> held)
        {
            looks.Add(time.Elapsed.TotalSeconds);
            var seen = script(time.Elapsed.TotalSeconds);
            return new Look(seen ?? [], seen is null ? "no" : null);
        }

        var running = new Holding(LookNow, time).RunAsync(new BoundSpec(3888, held ?? Held), [Pod], "--ip", CancellationToken.None);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.WaitForTimersAsync());
            time.AdvanceToNextTimer();
        }

        return await running;
    }
}
