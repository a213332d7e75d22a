using System.Collections.Immutable;
using System.Net;
using DnsGate.Cli;
using DnsGate.Core.Bound;
using DnsGate.TestKit;

namespace DnsGate.Tests.Bound;

/// <summary>When snapshots are taken and when the check ends, under a clock that moves by hand.</summary>
public sealed class BoundCheckTests
{
    private static readonly IPAddress Pod = IPAddress.Parse("10.244.1.7");
    private static readonly TimeSpan StableFor = TimeSpan.FromSeconds(6);

    private readonly ManualTime time = new();
    private readonly List<double> snapshots = [];

    [Fact]
    public async Task The_same_socket_is_bound_after_exactly_the_held_time()
    {
        Assert.Equal(BoundReason.Listens, await CheckAsync(_ => [Socket(1)]));
        Assert.Equal(StableFor, time.Elapsed);
        Assert.Equal((0.0, 6.0, 13), (snapshots[0], snapshots[^1], snapshots.Count));
    }

    [Fact]
    public async Task A_held_time_that_is_no_multiple_of_the_interval_ends_with_a_snapshot_too()
    {
        await CheckAsync(_ => [Socket(1)], TimeSpan.FromMilliseconds(700));

        Assert.Equal([0, 0.5, 0.7], snapshots);
    }

    [Fact]
    public async Task Without_a_held_time_there_is_one_snapshot()
    {
        Assert.Equal(BoundReason.Listens, await CheckAsync(_ => [Socket(1)], TimeSpan.Zero));
        Assert.Equal([0], snapshots);
    }

    [Fact]
    public async Task Nothing_at_the_start_ends_the_check_at_once()
    {
        Assert.Equal(BoundReason.NothingListens, await CheckAsync(at => at < 0.1 ? [] : [Socket(1)]));
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
    }

    [Fact]
    public async Task Another_address_ends_the_check_at_once()
    {
        Assert.Equal(BoundReason.ListensElsewhere, await CheckAsync(_ => [new Listener(IPAddress.Loopback, 3888, 1)]));
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
    }

    [Fact]
    public async Task A_socket_that_vanishes_ends_the_check_at_the_next_snapshot()
    {
        Assert.Equal(BoundReason.Vanished, await CheckAsync(at => at < 3.1 ? [Socket(1)] : []));
        Assert.Equal(TimeSpan.FromSeconds(3.5), time.Elapsed);
    }

    [Fact]
    public async Task A_socket_that_is_replaced_between_two_snapshots_is_not_bound()
    {
        Assert.Equal(BoundReason.Replaced, await CheckAsync(at => [Socket(at < 5.9 ? 1u : 2u)]));
        Assert.Equal(TimeSpan.FromSeconds(6), time.Elapsed);
    }

    /// <summary>The kernel hands tables out in pieces: one that changes meanwhile may lack a socket that is there.</summary>
    [Fact]
    public async Task A_socket_that_one_snapshot_missed_is_looked_for_once_more()
    {
        var missed = false;
        var reason = await CheckAsync(at =>
        {
            if (at < 1 || missed)
            {
                return [Socket(1)];
            }

            missed = true;
            return [];
        });

        Assert.True(missed && reason == BoundReason.Listens, $"{missed} {reason}");
    }

    [Fact]
    public async Task Tables_that_cannot_be_read_later_are_no_verdict_on_the_socket() =>
        Assert.Equal(BoundReason.Unreadable, await CheckAsync(at => at < 1 ? [Socket(1)] : null));

    [Fact]
    public async Task A_signal_ends_the_check_at_once()
    {
        using var stop = new CancellationTokenSource();
        var running = BoundCheck.RunAsync(() => new SocketSnapshot([Socket(1)], null), StableFor, [Pod], time, stop.Token);
        await time.WaitForTimersAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Listener Socket(uint inode) => new(Pod, 3888, inode);

    /// <summary>Checks against a script: the sockets at each time in seconds, null where the tables cannot be read.</summary>
    private async Task<BoundReason> CheckAsync(Func<double, ImmutableArray<Listener>?> script, TimeSpan? held = null)
    {
        SocketSnapshot TakeSnapshot()
        {
            snapshots.Add(time.Elapsed.TotalSeconds);
            var listeners = script(time.Elapsed.TotalSeconds);
            return new SocketSnapshot(listeners ?? [], listeners is null ? "no" : null);
        }

        var running = BoundCheck.RunAsync(TakeSnapshot, held ?? StableFor, [Pod], time, CancellationToken.None);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, time.WaitForTimersAsync());
            time.AdvanceToNextTimer();
        }

        return (await running).Reason;
    }
}
