using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>
/// How far the gate has come. All times are on the loop's own monotonic clock. Rounds are counted for each server: a right
/// answer with TTL 0 withholds the count from that server only, or several caches that expire one after the other would
/// never let a round count.
/// <code>
/// server    what it is                                        what it needs before the gate opens
/// plain     in the list since the first agreeing round        as many agreeing rounds as the rule says, spanning its time
/// new       appeared in the list later                        one agreeing round, if another server of its view fills the window
/// excused   was silent within the quorum                      one agreeing round after that, likewise; none while it is silent
/// sampled   may be a virtual address                          a full window of its own, whether new, silent or neither
/// </code>
/// In every view at least one server has to fill the window.
/// </summary>
internal sealed record SettleWindow(int AgreeingRounds, TimeSpan? AgreesSince, bool IsSettled)
    : SettleProgress(AgreeingRounds, AgreesSince, IsSettled)
{
    // Before Initial, which is made of it: fields are initialised in the order of the text.
    private static readonly Dictionary<(ViewKey View, ServerAddress Server), ServerWindow> NoServers = [];

    /// <summary>Nothing is known yet.</summary>
    public static readonly SettleWindow Initial = new(0, null, false);

    private IReadOnlyDictionary<(ViewKey View, ServerAddress Server), ServerWindow> Servers { get; init; } = NoServers;

    private int Walked { get; init; }

    private TimeSpan Since { get; init; }

    /// <summary>
    /// The state after one more round.
    /// <list type="table">
    /// <item><term>agrees</term><description>counts for every server that does; settled when the rule is met at each</description></item>
    /// <item><term>neutral</term><description>the same: a server with TTL 0 neither counts nor starts over</description></item>
    /// <item><term>disagrees, undecidable</term><description>the window starts over</description></item>
    /// </list>
    /// </summary>
    public SettleWindow After(RoundVerdict verdict, SettleRule rule, TimeSpan now)
    {
        if (verdict.Kind is VerdictKind.Disagrees or VerdictKind.Undecidable)
        {
            return Initial;
        }

        var servers = new Dictionary<(ViewKey View, ServerAddress Server), ServerWindow>();
        var (walked, since) = (Walked + 1, Walked == 0 ? now : Since);
        var (fewest, from, settled) = (walked, (TimeSpan?)since, walked >= rule.Rounds && now - since >= rule.Settle);
        foreach (var view in verdict.Servers.Where(server => server.Server.Required).GroupBy(server => server.View.Key))
        {
            ServerWindow? fullest = null;
            foreach (var server in view)
            {
                var window = (Servers.GetValueOrDefault(server.Key) ?? ServerWindow.Start(server.Server, isNew: Walked > 0))
                    .After(server.Judgement, now);
                servers[server.Key] = window;
                settled &= server.Judgement.IsSilence || window.IsSettled(rule);
                fullest = fullest is null || window.IsFullerThan(fullest) ? window : fullest;
                if (!window.IsExcused)
                {
                    (fewest, from) = Min(fewest, from, window);
                }
            }

            // Where all servers of a view are new, one after the other or at once, no server would have filled the window.
            settled &= fullest!.IsFull(rule);
            (fewest, from) = Min(fewest, from, fullest);
        }

        return new SettleWindow(fewest, from, settled) { Servers = servers, Walked = walked, Since = since };
    }

    /// <summary>The same agreement, that much later: what a gap in the process's own time leaves of it.</summary>
    public SettleWindow Later(TimeSpan gap) => this with
    {
        AgreesSince = AgreesSince + gap,
        Since = Since + gap,
        Servers = Servers.ToDictionary(server => server.Key, server => server.Value.Later(gap)),
    };

    private static (int Fewest, TimeSpan? From) Min(int fewest, TimeSpan? from, ServerWindow window) =>
        (Math.Min(fewest, window.Counted), window.Counted == 0 || from is null ? null : window.First > from ? window.First : from);

    /// <summary>What one server has contributed to the window.</summary>
    /// <param name="IsExcused">Whether agreeing once is enough: it is new in the list, or its silence was excused before.</param>
    /// <param name="IsSampled">
    /// Whether it may be a virtual address. The evidence of one is the samples of a whole window: nothing excuses it from filling its own.
    /// </param>
    private sealed record ServerWindow(bool IsExcused, bool IsSampled)
    {
        public static ServerWindow Start(Server server, bool isNew) => new(isNew && server.Samples == 1, server.Samples > 1);

        public int Counted { get; private init; }

        public TimeSpan First { get; private init; }

        private TimeSpan Last { get; init; }

        public ServerWindow After(Judgement judgement, TimeSpan now) =>
            judgement.IsSilence ? this with { IsExcused = !IsSampled }
            : judgement.Reason == Reason.Agrees ? this with { Counted = Counted + 1, First = Counted == 0 ? now : First, Last = now }
            : this;

        public ServerWindow Later(TimeSpan gap) => this with { First = First + gap, Last = Last + gap };

        public bool IsSettled(SettleRule rule) => IsExcused ? Counted > 0 : IsFull(rule);

        public bool IsFull(SettleRule rule) => Counted >= rule.Rounds && Last - First >= rule.Settle;

        public bool IsFullerThan(ServerWindow other) => Counted > 0 && (other.Counted == 0 || First < other.First);
    }
}
