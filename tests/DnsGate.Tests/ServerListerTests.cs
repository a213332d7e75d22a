using System.Net;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Discover;
using DnsGate.Os;

namespace DnsGate.Tests;

/// <summary>Which servers are asked, and what happens when a file cannot be read.</summary>
public sealed class ServerListerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    private string FilePath => Path.Combine(_directory, "resolv.conf");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_address_of_resolv_conf_may_be_virtual_and_is_sampled_unless_it_is_a_node_cache()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\nnameserver 169.254.20.10\nnameserver 127.0.0.53\n");

        Listing listing = ListerOf("--servers", $"resolv.conf:{FilePath}").List();

        Assert.Equal(Coverage.Sampled, listing.Coverage);
        Assert.Equal([("10.96.0.10:53", 8), ("127.0.0.53:53", 1), ("169.254.20.10:53", 1)], listing.Views[0].Servers.Select(server => (server.Address.ToString(), server.Samples)));
    }

    [Fact]
    public void A_server_of_the_cluster_view_is_not_asked_again_in_the_app_view()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\nnameserver 10.96.0.11\n");

        Listing listing = ListerOf("--servers", "10.96.0.10", "--app", $"resolv.conf:{FilePath}").List();

        Assert.Equal([ViewKind.Cluster, ViewKind.App], listing.Views.Select(view => view.Kind));
        Assert.Equal(["10.96.0.11:53"], listing.Views[1].Servers.Select(server => server.Address.ToString()));
    }

    [Fact]
    public void A_file_that_vanishes_while_waiting_leaves_the_last_list_in_use_and_is_named()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        ServerLister lister = ListerOf("--servers", $"resolv.conf:{FilePath}");
        Listing first = lister.List();
        File.Delete(FilePath);

        Listing second = lister.List();

        Assert.Null(first.Problem);
        Assert.True(second.HasSameServersAs(first));
        Assert.Contains(FilePath, second.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_empty_all_at_once_leaves_its_last_servers_in_use_and_never_opens()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        ServerLister lister = ListerOf("--servers", $"10.96.0.9,resolv.conf:{FilePath}");
        Listing first = lister.List();
        File.WriteAllText(FilePath, "");

        Listing second = lister.List();

        Assert.True(second.HasSameServersAs(first));
        Assert.Contains("names no server any more", second.Problem, StringComparison.Ordinal);
        Assert.True(second.Age > TimeSpan.FromDays(1));
    }

    [Fact]
    public void An_address_named_by_the_user_that_is_in_resolv_conf_too_is_sampled_like_there()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");

        Listing listing = ListerOf("--servers", "10.96.0.10", "--app", $"resolv.conf:{FilePath}").List();

        Assert.Equal([("10.96.0.10:53", 8)], listing.Views.Single().Servers.Select(server => (server.Address.ToString(), server.Samples)));
        Assert.Equal(Coverage.Static, listing.Coverage);
    }

    [Fact]
    public void A_server_that_is_added_makes_it_another_list()
    {
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\n");
        ServerLister lister = ListerOf("--servers", $"resolv.conf:{FilePath}");
        Listing first = lister.List();
        File.WriteAllText(FilePath, "nameserver 10.96.0.10\nnameserver 10.96.0.11\n");

        Assert.False(lister.List().HasSameServersAs(first));
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("missing/deeper", "does not exist")]
    [InlineData("", "directory")]
    [InlineData("large", "larger than 1 MiB")]
    public void A_file_that_cannot_be_read_is_named_with_the_reason(string name, string reason)
    {
        string path = name.Length == 0 ? _directory : Path.Combine(_directory, name);
        if (name == "large")
            File.WriteAllBytes(path, new byte[(1 << 20) + 1]);

        Assert.False(TextFile.TryRead(path, out _, out string? problem));

        Assert.Contains($"'{path}'", problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    private static ServerLister ListerOf(params string[] options)
    {
        Dictionary<Setting, IReadOnlyList<string>> flags = options.Chunk(2)
            .ToDictionary(pair => Settings.All.Single(setting => setting.Flag == pair[0]), IReadOnlyList<string> (pair) => [pair[1]]);
        flags.TryAdd(Settings.App, ["off"]);
        SpecReader reader = new(flags, _ => null);
        GateSpec spec = reader.Read(TimeSpan.FromSeconds(1));
        Assert.Empty(reader.Problems);
        return new ServerLister(spec, new Identity(Questions.Name, "test", [IPAddress.Parse(Questions.Ip)], "test"), TimeProvider.System);
    }
}
