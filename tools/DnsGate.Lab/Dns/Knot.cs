using System.Net;

namespace DnsGate.Lab.Dns;

/// <summary>
/// knotd, authoritative for the cluster domain and the reverse zone: one stands for one CoreDNS. Or for zones outside the cluster.
/// </summary>
internal sealed class Knot : RealServer
{
    private Knot(IPAddress? address, int port)
        : base(address, port)
    {
    }

    private string Configuration => Directory.File("knot.conf");

    public static Task<Knot> StartAsync(Zones zones) => StartAsync(zones.Files);

    /// <summary>Starts it where others expect it: at an address and a port, or in a network namespace.</summary>
    public static async Task<Knot> StartAsync(
        IReadOnlyList<ZoneFile> zones, IPAddress? address = null, int port = 0, Namespace? within = null)
    {
        Machine.NeedsProgram("knotd", "knot");
        if (port != 0)
        {
            Machine.NeedsRoot();
        }

        Knot knot = new(address, port) { Within = within };
        var directory = knot.Directory.Path;
        knot.Directory.Write("knot.conf", $"""
            server:
              rundir: "{directory}"
              listen: {knot.Address}@{knot.Port}
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: "{directory}"
            template:
              - id: default
                storage: "{directory}"
                file: "%s.zone"
                zonefile-sync: -1
                journal-content: none
            zone:
            {string.Concat(zones.Select(zone => $"  - domain: {zone.Domain}\n"))}

            """);
        knot.Write(zones);
        await knot.StartAsync("knotd", "--config", knot.Configuration);
        return knot;
    }

    /// <summary>Other data from now on.</summary>
    public Task ChangeAsync(Zones zones) => ChangeAsync(zones.Files);

    /// <inheritdoc cref="ChangeAsync(Zones)"/>
    public async Task ChangeAsync(IReadOnlyList<ZoneFile> zones)
    {
        Write(zones);
        await ControlAsync("-b", "zone-reload");
    }

    /// <summary>Takes the zone away but not its configuration: SERVFAIL, like a CoreDNS whose informers have not synced.</summary>
    public Task PurgeAsync() => ControlAsync("-f", "-b", "zone-purge", "+expire", "+zonefile", "+journal", Zones.Domain);

    private async Task ControlAsync(params string[] command)
    {
        var ended = await Child.RunAsync("knotc", ["--config", Configuration, .. command]);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }
}
