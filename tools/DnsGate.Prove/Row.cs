using System.Globalization;

namespace DnsGate.Prove;

/// <summary>What came of one trial.</summary>
internal sealed record Row(Trial Trial, int LeaderId, IReadOnlyList<double> Stale, Rejoin Rejoin)
{
    public const string Header = "variant,trial,seed,leader,stale_seconds,servers_right_at,application_at,mode_at,joined_at,"
        + "restarts,mode_without_port_samples";

    /// <summary>When it joined, counted from the start of the pod; null: not within the limit.</summary>
    public TimeSpan? JoinedAt => Rejoin.JoinedAt <= Trial.Limit ? Rejoin.JoinedAt : null;

    /// <summary>Counted from when the last DNS server turned right; less than 0: before it did.</summary>
    public TimeSpan? AfterRight => JoinedAt - Rejoin.RightAt;

    /// <summary>Whether a DNS server could still send a peer to the old address.</summary>
    public bool JoinedWhileWrong => JoinedAt is not null && !(AfterRight >= TimeSpan.Zero);

    public bool IsFirstTry => JoinedAt is not null && Rejoin.Restarts == 0;

    /// <summary>Whether ZooKeeper was held back until every DNS server was right.</summary>
    public bool IsHeldBack => Rejoin.StartedAt >= Rejoin.RightAt;

    /// <summary>Whether <c>srvr</c> said leader or follower of a pod that had no election port.</summary>
    public bool ShowedFalseMode => FalseModes > 1;

    private int FalseModes => Rejoin.Samples.Count(sample => sample is { Mode: "leader" or "follower", Listens: false });

    public override string ToString() => string.Join(',', Trial.Variant.Key, Trial.Number, Trial.Seed, LeaderId,
        string.Join(' ', Stale.Select(seconds => seconds.ToString("f1", CultureInfo.InvariantCulture))),
        Seconds(Rejoin.RightAt), Seconds(Rejoin.StartedAt), Seconds(Rejoin.ModeAt), Seconds(JoinedAt), Rejoin.Restarts, FalseModes);

    private static string Seconds(TimeSpan? time) =>
        time is { } known ? known.TotalSeconds.ToString("f1", CultureInfo.InvariantCulture) : "";
}
