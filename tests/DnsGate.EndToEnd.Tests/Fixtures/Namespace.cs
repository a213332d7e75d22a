namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>A network of its own. It has no name that could be left behind: it ends with the last process in it.</summary>
internal sealed class Namespace : IAsyncDisposable
{
    private readonly Child _guard;

    private Namespace(Child guard) => _guard = guard;

    /// <summary>The command that enters it, before another command.</summary>
    public string[] Enter => ["nsenter", $"--net=/proc/{_guard.Id}/ns/net"];

    /// <summary>Makes it, with these addresses on its loopback interface, and rules of nftables.</summary>
    public static async Task<Namespace> StartAsync(IEnumerable<string> addresses, string rules)
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("nft", "nftables");
        Machine.NeedsProgram("ip", "iproute2");
        string script = $"ip link set lo up; {string.Concat(addresses.Select(address => $"ip address add {address}/32 dev lo; "))}printf %s \"$0\" | nft -f - && echo ready && read -r _";
        Child guard = Child.Start("unshare", ["--net", "/bin/sh", "-c", script, rules]);
        await Eventually.HoldsAsync(() => guard.HasExited || guard.Stdout.Contains("ready", StringComparison.Ordinal), () => guard.Stderr);
        if (!guard.HasExited)
            return new Namespace(guard);

        string why = guard.Stderr.Trim();
        await guard.DisposeAsync();
        Assert.Skip($"needs a kernel that allows network namespaces with nftables: {why}");
        throw new InvalidOperationException(why);
    }

    public Task<Ended> RunAsync(string program, params string[] arguments) => Child.RunAsync(Enter[0], [Enter[1], program, .. arguments]);

    public Child Start(string program, params string[] arguments) => Child.Start(Enter[0], [Enter[1], program, .. arguments]);

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
