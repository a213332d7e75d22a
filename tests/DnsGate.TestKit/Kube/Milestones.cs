namespace DnsGate.TestKit;

/// <summary>Those who wait until something holds. Whoever changes what it depends on calls <see cref="Check"/>.</summary>
internal sealed class Milestones
{
    private readonly Lock guard = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> waiters = [];

    /// <summary>Completes when the condition holds at a check, or now.</summary>
    public async Task WaitAsync(Func<bool> holds, CancellationToken cancellation)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (guard)
        {
            waiters.Add((holds, reached));
        }

        Check();
        await reached.Task.WaitAsync(cancellation);
    }

    /// <summary>Completes what holds now.</summary>
    public void Check()
    {
        lock (guard)
        {
            foreach ((_, var reached) in waiters.Where(waiter => waiter.Holds()))
            {
                reached.TrySetResult();
            }

            waiters.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
        }
    }
}
