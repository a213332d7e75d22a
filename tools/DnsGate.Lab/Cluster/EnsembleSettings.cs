namespace DnsGate.Lab.Cluster;

/// <summary>What an ensemble is made of.</summary>
internal sealed record EnsembleSettings
{
    public int Members { get; init; } = 3;

    /// <summary>How many DNS servers, and how many of them, from the last, are behind a cache.</summary>
    public (int All, int Cached) NameServers { get; init; } = (3, 1);

    /// <summary>How members are spelled in zoo.cfg.</summary>
    public Func<PodName, string> Spelling { get; init; } = name => name.ShortName;

    /// <summary>Lines of zoo.cfg.</summary>
    public IReadOnlyList<string> Configuration { get; init; } = [];

    public IReadOnlyList<string> JvmOptions { get; init; } = [];

    /// <summary>
    /// The ordinal of the member that starts last, when the others have a leader already; null: all at once, and the highest leads.
    /// </summary>
    public int? Latecomer { get; init; }

    /// <summary>Whether no member is started, and no DNS server knows one yet.</summary>
    public bool IsColdStart { get; init; }
}
