using System.Diagnostics;

namespace DnsGate.Lab.Processes;

/// <summary>Waits for what another process does.</summary>
internal static class Eventually
{
    /// <summary>Far more than anything here takes, so that only what never happens fails.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns as soon as the condition holds; fails when it does not within the limit.</summary>
    public static async Task HoldsAsync(Func<bool> condition, Func<string> otherwise)
    {
        if (!await HappensAsync(() => Task.FromResult(condition()), Limit))
        {
            Assert.Fail(otherwise());
        }
    }

    /// <summary>Whether the condition holds at some time within the limit.</summary>
    public static async Task<bool> HappensAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < limit;)
        {
            if (await condition())
            {
                return true;
            }

            await Task.Delay(10);
        }

        return await condition();
    }
}
