namespace DnsGate.TestKit;

/// <summary>Those who wait until something holds. Whoever changes what it depends on calls <see cref="Check"/>.</summary>
internal sealed class Milestones
{
    private readonly Lock _lock = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>Completes when the condition holds at a check, or now.</summary>
    public async Task WaitAsync(Func<bool> holds, CancellationToken cancellation)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiters.Add((holds, reached));
        }

        Check();
        await reached.Task.WaitAsync(cancellation);
    }

    /// <summary>Completes what holds now.</summary>
    public void Check()
    {
        lock (_lock)
        {
            foreach ((_, var reached) in _waiters.Where(waiter => waiter.Holds()))
            {
                reached.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
        }
    }
}
