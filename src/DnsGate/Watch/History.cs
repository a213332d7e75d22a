using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Watch;

/// <summary>Since when each server has been saying what it says.</summary>
internal sealed class History
{
    private readonly Dictionary<(ViewKey View, ServerAddress Server), (Judgement Judgement, TimeSpan Since)> servers = [];
    private TimeSpan reasonsSince;
    private TimeSpan now;

    /// <summary>Takes the verdict of one more round.</summary>
    public void Note(Verdict verdict, TimeSpan at)
    {
        now = at;
        foreach (var server in verdict.Servers)
        {
            var known = servers.TryGetValue(server.Key, out var before);
            if (!known || before.Judgement.Reason != server.Judgement.Reason)
            {
                reasonsSince = at;
            }

            if (!known || before.Judgement != server.Judgement)
            {
                servers[server.Key] = (server.Judgement, at);
            }
        }
    }

    /// <summary>Time has passed.</summary>
    public void Tick(TimeSpan at) => now = at;

    /// <summary>For how long no server has changed its reason.</summary>
    public TimeSpan UnchangedFor => now - reasonsSince;

    /// <summary>For how long a server has been saying what it says.</summary>
    public TimeSpan SinceOf(ServerVerdict server) => now - servers[server.Key].Since;
}
