using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Discovery;

namespace DnsGate.Tests;

/// <summary>Which servers are asked, and what happens when a file cannot be read.</summary>
public sealed class ServerListerTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    private readonly NameServerClient client = new(TimeSpan.FromMilliseconds(500), TimeProvider.System);

    private string FilePath => Path.Combine(directory, "resolv.conf");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task An_address_of_resolv_conf_may_be_virtual_and_is_sampled_unless_it_is_a_node_cache()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\nnameserver 169.254.20.10\nnameserver 127.0.0.53\n");

        var listing = await ListAsync(ListerOf("--servers", $"resolv.conf:{FilePath}"));

        Assert.Equal(Coverage.Sampled, listing.Coverage);
        Assert.Equal(
            [("10.96.0.10:53", 8), ("127.0.0.53:53", 1), ("169.254.20.10:53", 1)],
            listing.Views[0].Servers.Select(server => (server.Address.ToString(), server.Samples)));
    }

    [Fact]
    public async Task A_file_that_vanishes_while_waiting_leaves_the_last_list_in_use_and_is_named()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        var lister = ListerOf("--servers", $"resolv.conf:{FilePath}");
        var first = await ListAsync(lister);
        File.Delete(FilePath);

        var second = await ListAsync(lister);

        Assert.Empty(first.Failures);
        Assert.True(second.HasSameServersAs(first));
        Assert.Contains(FilePath, Assert.Single(second.Failures).Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_empty_all_at_once_leaves_its_last_servers_in_use_and_never_opens()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        var lister = ListerOf("--servers", $"10.96.0.9,resolv.conf:{FilePath}");
        var first = await ListAsync(lister);
        File.WriteAllText(FilePath, "");

        var second = await ListAsync(lister);

        Assert.True(second.HasSameServersAs(first));
        Assert.Contains("names no server", Assert.Single(second.Failures).Problem!.Message, StringComparison.Ordinal);
        Assert.Null(second.Age);
    }

    [Fact]
    public async Task A_server_that_is_added_makes_it_another_list()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        var lister = ListerOf("--servers", $"resolv.conf:{FilePath}");
        var first = await ListAsync(lister);
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\nnameserver 10.96.0.11\n");

        Assert.False((await ListAsync(lister)).HasSameServersAs(first));
    }

    private ServerLister ListerOf(params string[] options)
    {
        var flags = options.Chunk(2)
            .ToDictionary(pair => OptionTable.All.Single(setting => setting.Flag == pair[0]), IReadOnlyList<string> (pair) => [pair[1]]);
        flags.TryAdd(OptionTable.App, ["off"]);
        OptionReader reader = new(flags, _ => null);
        var spec = reader.Read(TimeSpan.FromSeconds(1));
        Assert.Empty(reader.Problems);
        Identity identity = new(Questions.Name, "test", [IPAddress.Parse(Questions.Ip)], "test");
        return new ServerLister(spec, identity, client, spec.Timeout, TimeProvider.System);
    }

    private static Task<Listing> ListAsync(ServerLister lister) =>
        lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
}
