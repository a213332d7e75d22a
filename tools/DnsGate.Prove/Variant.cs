namespace DnsGate.Prove;

/// <summary>One way to start ZooKeeper.</summary>
/// <param name="Key">Short, for the command line and the file of rows.</param>
/// <param name="Title">For people, in Markdown.</param>
/// <param name="Form">How the start is held back.</param>
internal sealed record Variant(string Key, string Title, StartForm Form)
{
    /// <summary>Lines of zoo.cfg.</summary>
    public string[] Configuration { get; init; } = [];

    /// <summary>How members are spelled in zoo.cfg.</summary>
    public Func<PodName, string> Spelling { get; init; } = name => name.ShortName;

    /// <summary>Of so many trials of the others it has one.</summary>
    public int OneOf { get; init; } = 1;

    /// <summary>Whether it is DnsGate, which has to reach its targets.</summary>
    public bool IsGate { get; init; }

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        new("nothing", "nothing", StartForms.Bare),
        new("sleep-15", "`sleep 15` before it", StartForms.Sleep15),
        new("getent", "a `getent` loop, one resolver", StartForms.OneResolver),
        new("bind-retry-0", "`electionPortBindRetry=0`", StartForms.Bare) { Configuration = ["electionPortBindRetry=0"] },
        new("listen-on-all", "`quorumListenOnAllIPs=true`", StartForms.Bare) { Configuration = ["quorumListenOnAllIPs=true"] },
        new("full-names", "full names in zoo.cfg", StartForms.Bare) { Spelling = name => name.FullName },
        new("run", "**`dnsgate run`** (wrapper)", StartForms.Wrapper()) { IsGate = true },
        new("wait", "**`dnsgate wait`** (init container)", StartForms.InitContainer()) { IsGate = true, OneOf = 2 },
        new("serve", "**`dnsgate serve`** (native sidecar)", StartForms.Sidecar()) { IsGate = true, OneOf = 2 },
    ];
}
