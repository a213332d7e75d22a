using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests.Interop;

/// <summary>knotd, authoritative for the cluster domain and the reverse zone: one stands for one CoreDNS.</summary>
internal sealed class Knot : RealServer
{
    private string Configuration => Directory.File("knot.conf");

    public static async Task<Knot> StartAsync(Zones zones)
    {
        Machine.NeedsProgram("knotd", "knot");
        Knot knot = new();
        string directory = knot.Directory.Path;
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
              - domain: {Zones.Domain}
              - domain: {Zones.ReverseDomain}

            """);
        knot.Write(zones);
        await knot.StartAsync("knotd", "--config", knot.Configuration);
        return knot;
    }

    /// <summary>Other data from now on.</summary>
    public async Task ChangeAsync(Zones zones)
    {
        Write(zones);
        await ControlAsync("-b", "zone-reload");
    }

    /// <summary>Takes the zone away but not its configuration: SERVFAIL, like a CoreDNS whose informers have not synced.</summary>
    public Task PurgeAsync() => ControlAsync("-f", "-b", "zone-purge", "+expire", "+zonefile", "+journal", Zones.Domain);

    private void Write(Zones zones)
    {
        Directory.Write($"{Zones.Domain}.zone", zones.Forward);
        Directory.Write($"{Zones.ReverseDomain}.zone", zones.Reverse);
    }

    private async Task ControlAsync(params string[] command)
    {
        Ended ended = await Child.RunAsync("knotc", ["--config", Configuration, .. command]);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }
}
