using System.Diagnostics;

namespace DnsGate.Lab.Cluster;

/// <summary>
/// Deletes a member's pod, starts another under a new address, lets each DNS server learn of it in its own time, and watches.
/// </summary>
/// <param name="ensemble">The ensemble.</param>
/// <param name="member">The member that is recreated.</param>
/// <param name="turns">
/// For each DNS server what it learns and when; the last must be the truth. Null: it learns nothing, and nobody waits for it.
/// </param>
internal sealed class Recreation(Ensemble ensemble, Member member, IReadOnlyList<Turn[]?> turns)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<Sample> samples = [];
    private long begun;

    private TimeSpan Now => Stopwatch.GetElapsedTime(begun);

    /// <summary>The same for every server, each in its own time.</summary>
    public static Turn[]?[] Turns(Member member, params TimeSpan[] stale) =>
        [.. stale.Select(after => (Turn[])[new Turn(after, PodRecords.At(member.Name.FullName, member.NextAddress))])];

    /// <summary>Does it, until the member has joined and every server is right, or the limit has passed.</summary>
    public async Task<Rejoin> RunAsync(StartForm form, TimeSpan limit, CancellationToken stop = default)
    {
        await member.DeleteAsync();
        var pod = await member.StartAsync(form);
        begun = Stopwatch.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<TimeSpan>[] following = [.. ensemble.NameServers.Select((server, index) =>
            turns[index] is { } own ? FollowAsync(server, own, pod.Address, ended.Token) : Task.FromResult(TimeSpan.Zero))];
        var allRight = Task.WhenAll(following);
        Rejoin? seen = null;
        while (!stop.IsCancellationRequested && Now < limit && !(seen?.JoinedAt is not null && allRight.IsCompleted))
        {
            samples.Add(await LookAsync(pod));
            seen = new Rejoin(samples, null);
            await Task.Delay(Pause, CancellationToken.None);
        }

        await ended.CancelAsync();
        await ((Task)allRight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        return allRight.IsFaulted
            ? throw allRight.Exception
            : new Rejoin(samples, allRight.IsCompletedSuccessfully ? allRight.Result.Max() : null);
    }

    /// <summary>Tells a server what it is to know, each in its time; gives the time when it gave the truth to applications.</summary>
    private async Task<TimeSpan> FollowAsync(CoreDns server, Turn[] own, string address, CancellationToken stop)
    {
        var name = member.Name.FullName;
        foreach (var turn in own)
        {
            var left = turn.After - Now;
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, stop);
            await server.LearnAsync(turn.Records);
        }

        while (!await server.IsRightAsync(name, address))
        {
            await Task.Delay(Pause, stop);
        }

        return Now;
    }

    private async Task<Sample> LookAsync(RunningPod pod)
    {
        var restarts = pod.Application.Restarts;
        var mode = await member.ModeAsync();
        return new Sample(Now, pod.Application.Program, mode, pod.Sandbox.Listens(ZooKeeperProgram.ElectionPort), restarts);
    }
}
