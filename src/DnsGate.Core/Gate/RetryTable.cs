using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>The <see cref="RetryState"/> of every step at every server, from round to round.</summary>
/// <param name="interval">The time between two rounds.</param>
internal sealed class RetryTable(TimeSpan interval)
{
    // Hundreds of servers, or some dozens that were replaced now and then.
    private const int MaxEntries = 2000;

    private readonly Dictionary<(ServerAddress Server, Step Step), RetryState> states = [];

    /// <summary>The state of one step at one server.</summary>
    public RetryState this[ServerAddress server, Step step] => states.GetValueOrDefault((server, step)) ?? RetryState.Initial(step);

    /// <summary>Takes what a step at a server gave.</summary>
    public void Learn(ServerAddress server, Step step, StepResult result, TimeSpan now) =>
        states[(server, step)] = this[server, step].After(result, interval, now);

    /// <summary>Takes the answer to the question whether the name exists.</summary>
    public void LearnExistence(ServerAddress server, Step step, bool exists, TimeSpan now) =>
        states[(server, step)] = this[server, step].AfterExistence(exists, now);

    /// <summary>
    /// Forgets servers that have left the list once there are too many: a sidecar runs for months. Not at once, since a server that
    /// comes back soon is still known.
    /// </summary>
    public void Trim(Listing listing)
    {
        if (states.Count > MaxEntries)
        {
            var listed = listing.Views.SelectMany(view => view.Servers).Select(server => server.Address).ToHashSet();
            foreach (var key in states.Keys.Where(key => !listed.Contains(key.Server)))
            {
                states.Remove(key);
            }
        }
    }
}
