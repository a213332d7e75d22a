using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>
/// Which members of <c>--peers</c> exist, which other names of this pod (<c>--also</c>) are right, and what to ask next.
/// What is said of members here is said of these names too: one is found where the answer contains the pod's addresses.
/// <code>
/// a member is    what is asked, at which server                                          when
/// not found      A (AAAA), in private, at one server that agrees about this pod          every 30 s / (3 partitions x servers), at
///                                                                                        least --interval: each in turn
/// found at one   the same at every other server that agrees, in private                  at once; after a miss every 10 s
/// there          as the application asks, at the servers that have it in private         at once; after a miss every 5 s
///                and at the application's own
/// found          nothing more: it stays found                                            never
/// </code>
/// A server is never asked as the application asks before it has the name in private: no NXDOMAIN of a member gets into the cache
/// that applications read. Each round asks a server at most <see cref="MostPerRound"/> questions; the member that has waited longest
/// comes first.
/// </summary>
/// <param name="plan">The members.</param>
/// <param name="types">The record types to ask for: those of the pod's own addresses.</param>
/// <param name="interval">The time between two rounds.</param>
/// <param name="isOneRound">Whether one round is all: a member that one server has, and no other denies, is found.</param>
internal sealed class PeerSearch(PeerPlan plan, ImmutableArray<RecordType> types, TimeSpan interval, bool isOneRound)
{
    /// <summary>The most questions about members that one server is asked in one round.</summary>
    public const int MostPerRound = 8;

    /// <summary>The same where there is one round: what <see cref="Pace.Burst"/> leaves of it.</summary>
    public const int MostOfOneRound = 16;

    private static readonly ImmutableArray<CachePartition> Private = [CachePartition.Cd, CachePartition.Do, CachePartition.CdDo];

    private static readonly TimeSpan PrivateRetry = RetryState.MaxTtl / 3;

    private static readonly TimeSpan PlainRetry = TimeSpan.FromSeconds(5);

    private readonly List<Member> members = [.. plan.Also.Concat(plan.Peers).Select(peer => new Member(peer))];
    private readonly Dictionary<ServerAddress, double> datagrams = [];
    private readonly Dictionary<ServerAddress, int> asked = [];
    private ImmutableArray<ServerAddress> cluster = [];
    private ImmutableArray<ServerAddress> application = [];
    private List<(Member Member, Slot Slot, ImmutableArray<Lookup> Lookups)> asking = [];

    /// <summary>When the own name settled first; null before.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>The most datagrams that one server was sent in the last round that asked for members.</summary>
    public double MaxDatagramsToOne => datagrams.Values.DefaultIfEmpty().Max();

    /// <summary>Begins a round after one that agrees.</summary>
    /// <param name="verdict">Says which servers agree: only these are asked.</param>
    /// <param name="now">The time on the loop's clock.</param>
    public void Begin(RoundVerdict verdict, TimeSpan now)
    {
        Since ??= now;
        datagrams.Clear();
        asked.Clear();
        cluster = ServersOf(verdict, ViewKind.Cluster);
        application = ServersOf(verdict, ViewKind.App);
    }

    /// <summary>The next questions of the round; empty when it has none left.</summary>
    public ImmutableArray<Lookup> Next(TimeSpan now)
    {
        asking = [];
        if (!cluster.IsEmpty)
        {
            foreach (var (index, member) in members.Index().OrderBy(pair => pair.Item.WaitsSince))
            {
                if (!member.Peer.IsSelf && !IsFoundEverywhere(member))
                {
                    Ask(member, index, now);
                }
            }
        }

        return [.. asking.SelectMany(ask => ask.Lookups)];
    }

    /// <summary>Takes one result for each question of <see cref="Next"/>.</summary>
    public void Learn(IReadOnlyCollection<LookupResult> results, TimeSpan now)
    {
        foreach (var result in results)
        {
            datagrams[result.Lookup.Server] = datagrams.GetValueOrDefault(result.Lookup.Server) + result.Datagrams;
        }

        foreach (var (member, slot, lookups) in asking)
        {
            Learn(member, slot, [.. results.Where(result => lookups.Contains(result.Lookup)).Select(result => result.Outcome)], now);
        }
    }

    /// <summary>What is known now.</summary>
    public PeerSummary SummaryAt(TimeSpan now)
    {
        ImmutableArray<PeerVerdict> verdicts = [.. members.Select(VerdictOf)];
        var summary = new PeerSummary(verdicts[plan.Also.Length..], plan.Needed, HasTimedOut: false)
        {
            Also = verdicts[..plan.Also.Length],
        };
        return summary with { HasTimedOut = !summary.IsEnough && now - Since >= plan.Timeout };
    }

    private static ImmutableArray<ServerAddress> ServersOf(RoundVerdict verdict, ViewKind view) =>
        [.. verdict.Servers
            .Where(server => server.View.Kind == view && server.Server.Required && server.Judgement.IsRight)
            .Select(server => server.Server.Address)
            .Distinct()];

    private void Ask(Member member, int index, TimeSpan now)
    {
        if (member.FoundName is null)
        {
            // Members begin at different servers, and each goes on to the next one: no cache that was asked is asked again before its
            // entry has expired.
            var turn = index + member.Attempts;
            var slot = member.At(cluster[turn % cluster.Length], isPrivate: true);
            TryAsk(member, slot, member.Peer.Candidates[member.Candidate], Private[turn / cluster.Length % Private.Length],
                member.NotBefore, now);
            return;
        }

        foreach (var slot in SlotsOf(member).Where(slot => !slot.IsFound))
        {
            if (slot.IsPrivate || application.Contains(slot.Server) || member.At(slot.Server, isPrivate: true).IsFound)
            {
                TryAsk(member, slot, member.FoundName, slot.IsPrivate ? Private[slot.Attempts % Private.Length] : CachePartition.Plain,
                    slot.NotBefore, now);
            }
        }
    }

    /// <summary>All that has to have the member: in private before as the application asks; the application's own servers last.</summary>
    private IEnumerable<Slot> SlotsOf(Member member)
    {
        var inPrivate = cluster.Select(server => member.At(server, isPrivate: true)).ToList();
        var others = application.Where(server => !cluster.Contains(server) && inPrivate.All(slot => slot.IsFound));
        return inPrivate.Concat(cluster.Concat(others).Select(server => member.At(server, isPrivate: false)));
    }

    private void TryAsk(Member member, Slot slot, DnsName name, CachePartition partition, TimeSpan notBefore, TimeSpan now)
    {
        var spent = asked.GetValueOrDefault(slot.Server);
        if (now < notBefore || spent + types.Length > (isOneRound ? MostOfOneRound : MostPerRound))
        {
            return;
        }

        asked[slot.Server] = spent + types.Length;
        asking.Add((member, slot,
            [.. types.Select(type => new Lookup(slot.Server, name, type) { Partition = partition })]));
    }

    private void Learn(Member member, Slot slot, ImmutableArray<Outcome> outcomes, TimeSpan now)
    {
        var isFound = member.Peer.Accepts([.. outcomes.SelectMany(AddressesOf)]);
        var isAbsent = outcomes.All(outcome => outcome is Outcome.Responded { Answer: Answer.NxDomain });
        member.WaitsSince = now;
        slot.Attempts++;
        slot.IsFound = isFound;
        slot.Answer = isFound ? null : Describe(member.Peer, outcomes);
        slot.NotBefore = now + (slot.IsPrivate ? PrivateRetry : PlainRetry);
        if (member.FoundName is not null)
        {
            return;
        }

        if (isFound)
        {
            member.Find(member.Peer.Candidates[member.Candidate]);
        }
        else if (isAbsent && member.Candidate + 1 < member.Peer.Candidates.Length)
        {
            // A resolver goes on to the next domain of its search list.
            member.Candidate++;
        }
        else
        {
            var pause = RetryState.MaxTtl / (Private.Length * cluster.Length);
            (member.Candidate, member.Attempts, member.LastAnswer) = (0, member.Attempts + 1, slot.Answer!);
            member.NotBefore = now + (pause > interval ? pause : interval);
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(Outcome outcome) =>
        outcome is Outcome.Responded { Answer: Answer.Records records }
            ? records.Data.OfType<RecordData.Address>().Select(address => address.Value)
            : [];

    /// <summary>What stands in the place of the right answer; records that are not the right ones before their absence.</summary>
    private static string Describe(Peer peer, ImmutableArray<Outcome> outcomes) =>
        outcomes.FirstOrDefault(outcome => outcome is Outcome.Responded { Answer: Answer.Records }) is { } wrong
            ? $"{AnswerText.Describe(wrong)}, expected {string.Join(' ', peer.Contains)}"
            : AnswerText.Describe(outcomes[0]);

    private bool IsFoundEverywhere(Member member) => member.FoundName is not null && SlotsOf(member).All(slot => slot.IsFound);

    private PeerState StateOf(Member member) =>
        member.Peer.IsSelf ? PeerState.Self
        : member.FoundName is not null && SlotsOf(member).All(slot => slot.IsFound || (isOneRound && slot.Answer is null)) ? PeerState.Found
        : PeerState.Missing;

    private PeerVerdict VerdictOf(Member member)
    {
        var state = StateOf(member);
        if (state != PeerState.Missing)
        {
            return new PeerVerdict(member.Peer, state, "", []);
        }

        if (member.FoundName is null)
        {
            return new PeerVerdict(member.Peer, state, member.LastAnswer.Length == 0 ? "not asked yet" : member.LastAnswer, []);
        }

        var missing = SlotsOf(member).Where(slot => slot.Answer is not null).ToList();
        return missing.Count == 0
            ? new PeerVerdict(member.Peer, state, "found, but not asked at every server yet", [])
            : new PeerVerdict(member.Peer, state, missing[0].Answer!, [.. missing.Select(slot => slot.Server).Distinct()]);
    }

    /// <summary>One member and what was found so far.</summary>
    private sealed class Member(Peer peer)
    {
        private readonly Dictionary<(ServerAddress Server, bool IsPrivate), Slot> slots = [];

        public Peer Peer => peer;

        /// <summary>The name that exists; null while none is known.</summary>
        public DnsName? FoundName { get; private set; }

        public int Candidate { get; set; }

        public int Attempts { get; set; }

        public string LastAnswer { get; set; } = "";

        public TimeSpan NotBefore { get; set; }

        public TimeSpan WaitsSince { get; set; }

        /// <summary>A server has this name: the others are asked again at once, each in its next partition.</summary>
        public void Find(DnsName name)
        {
            FoundName = name;
            foreach (var slot in slots.Values)
            {
                slot.NotBefore = TimeSpan.Zero;
            }
        }

        public Slot At(ServerAddress server, bool isPrivate)
        {
            if (!slots.TryGetValue((server, isPrivate), out var slot))
            {
                slots[(server, isPrivate)] = slot = new Slot(server, isPrivate);
            }

            return slot;
        }
    }

    /// <summary>One member at one server, in private or as the application asks.</summary>
    private sealed class Slot(ServerAddress server, bool isPrivate)
    {
        public ServerAddress Server => server;

        public bool IsPrivate => isPrivate;

        public bool IsFound { get; set; }

        /// <summary>What the server answered last in place of an address; null before it was asked, and once it has one.</summary>
        public string? Answer { get; set; }

        public int Attempts { get; set; }

        public TimeSpan NotBefore { get; set; }
    }
}
