using System.Diagnostics.CodeAnalysis;
using DnsGate.Core.Discovery;
using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>From the SPECs of <c>--peers</c> to members. The pod is zk-0.zk-headless.prod.svc.cluster.local.</summary>
public sealed class PeerFinderTests
{
    private const string ResolvConf = "search prod.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n";

    private const string Domain = "zk-headless.prod.svc.cluster.local";

    [Theory]
    [InlineData("zk-1.zk-headless", "zk-1.zk-headless.prod.svc.cluster.local zk-1.zk-headless.svc.cluster.local "
        + "zk-1.zk-headless.cluster.local zk-1.zk-headless")]
    [InlineData("zk-1.zk-headless.prod.svc.cluster.local.", "zk-1.zk-headless.prod.svc.cluster.local")]
    public void A_relative_name_has_the_candidates_of_the_search_list(string spec, string candidates)
    {
        var peer = Assert.Single(Find(spec).Peers);
        Assert.Equal(candidates.Split(' '), peer.Candidates.Select(candidate => candidate.ToString()));
        Assert.False(peer.IsSelf);
    }

    [Theory]
    [InlineData("zk-0.zk-headless")]
    [InlineData("ZK-0.zk-headless.PROD.svc.cluster.local")]
    public void The_own_name_is_recognized(string spec) => Assert.True(Assert.Single(Find(spec).Peers).IsSelf);

    [Theory]
    [InlineData("replicas:3", "zk-0 zk-1 zk-2")]
    [InlineData("replicas:2@5", "zk-5 zk-6")]
    public void Replicas_are_the_own_name_with_each_ordinal(string spec, string hosts)
    {
        var peers = Find(spec).Peers;
        Assert.Equal(hosts.Split(' ').Select(host => $"{host}.{Domain}"), peers.Select(peer => Assert.Single(peer.Candidates).ToString()));
    }

    [Theory]
    [InlineData("zk.example.com")]
    [InlineData("-0.example.com")]
    [InlineData("zk-a.example.com")]
    [InlineData("zk-.example.com")]
    public void Replicas_need_an_ordinal_in_the_own_name(string own)
    {
        var (peers, problems) = Finder(own, []).Find([Parse("replicas:3")]);
        Assert.Empty(peers);
        Assert.Equal([$"'replicas:3': the own name {own} does not begin with NAME-ORDINAL, as pods of a StatefulSet do"], problems);
    }

    [Fact]
    public void A_configuration_of_ZooKeeper_names_its_servers_and_observers()
    {
        var peers = Find("zoo.cfg:/conf/zoo.cfg", new()
        {
            ["/conf/zoo.cfg"] = "tickTime=2000\nserver.1=zk-0.zk-headless:2888:3888\nserver.2=zk-1.zk-headless:2888:3888:observer;2181\n",
        }).Peers;
        Assert.Equal(["zk-0.zk-headless", "zk-1.zk-headless"], peers.Select(peer => peer.Text));
        Assert.Equal([true, false], peers.Select(peer => peer.IsSelf));
    }

    [Fact]
    public void The_members_are_in_the_dynamic_file_where_the_configuration_names_one()
    {
        var peers = Find("zoo.cfg:/conf/zoo.cfg", new()
        {
            ["/conf/zoo.cfg"] = "dynamicConfigFile=/conf/zoo.cfg.dynamic\n",
            ["/conf/zoo.cfg.dynamic"] = "server.1=zk-0.zk-headless:2888:3888:participant;2181\n",
        }).Peers;
        Assert.True(Assert.Single(peers).IsSelf);
    }

    [Theory]
    [InlineData("zoo.cfg:/none", "'zoo.cfg:/none': '/none' does not exist")]
    [InlineData("zoo.cfg:/bad", "'zoo.cfg:/bad': line 2: 'zk 0' is not HOST:PORT:PORT[:ROLE][;[ADDR:]PORT], with '|' between several")]
    [InlineData("zoo.cfg:/alone", "'zoo.cfg:/alone': no member has a host name")]
    [InlineData("zoo.cfg:/lost", "'zoo.cfg:/lost': dynamicConfigFile /none: '/none' does not exist")]
    [InlineData("zoo.cfg:/worse", "'zoo.cfg:/worse': dynamicConfigFile /bad: line 2: 'zk 0' is not "
        + "HOST:PORT:PORT[:ROLE][;[ADDR:]PORT], with '|' between several")]
    [InlineData("env:NOT_SET", "'env:NOT_SET': the environment variable NOT_SET is not set")]
    [InlineData("env:EMPTY", "'env:EMPTY': no member has a host name")]
    [InlineData("env:BAD", "'env:BAD': '1@' is not HOST[:PORT], ID@HOST:PORT or server.N=HOST:PORT:PORT")]
    public void What_cannot_be_read_is_a_problem(string spec, string problem)
    {
        var (peers, problems) = Find(spec, new()
        {
            ["/bad"] = "tickTime=2000\nserver.1=zk 0\n",
            ["/alone"] = "tickTime=2000\n",
            ["/lost"] = "dynamicConfigFile=/none\n",
            ["/worse"] = "dynamicConfigFile=/bad\n",
        });
        Assert.Empty(peers);
        Assert.Equal([problem], problems);
    }

    [Theory]
    [InlineData("env:VOTERS", "kafka-0.kafka kafka-1.kafka")]
    [InlineData("env:SERVERS", "zk-0.zk zk-1.zk")]
    public void A_variable_has_the_list_of_the_application(string spec, string hosts) =>
        Assert.Equal(hosts.Split(' '), Find(spec).Peers.Select(peer => peer.Text));

    [Fact]
    public void Several_sources_are_one_list_and_each_member_is_in_it_once()
    {
        var (peers, problems) = Finder(Fixtures.Name.ToString(), [])
            .Find([Parse("replicas:2"), Parse("zk-1.zk-headless"), Parse("other.example.com.")]);
        Assert.Empty(problems);
        Assert.Equal([$"zk-0.{Domain}", $"zk-1.{Domain}", "other.example.com"], peers.Select(peer => peer.Text));
    }

    /// <summary>A name of <c>--also</c> with the candidates that a resolver has for it.</summary>
    [Theory]
    [InlineData("zk-headless", "zk-headless.prod.svc.cluster.local zk-headless.svc.cluster.local zk-headless.cluster.local zk-headless")]
    [InlineData("zk.example.com", "zk.example.com.prod.svc.cluster.local zk.example.com.svc.cluster.local zk.example.com.cluster.local "
        + "zk.example.com")]
    [InlineData("a.b.c.d.e.f", "a.b.c.d.e.f a.b.c.d.e.f.prod.svc.cluster.local a.b.c.d.e.f.svc.cluster.local a.b.c.d.e.f.cluster.local")]
    [InlineData("zk.example.com.", "zk.example.com")]
    public void Another_name_of_the_pod_is_completed_by_search_list_and_ndots(string name, string candidates) =>
        Assert.Equal(candidates.Split(' '), OtherName("10.244.1.7", "--also", name).Candidates.Select(candidate => candidate.ToString()));

    [Theory]
    [InlineData("auto", "10.244.1.7 fd00:244::7", false)]
    [InlineData("both", "10.244.1.7 fd00:244::7", true)]
    [InlineData("ipv4", "10.244.1.7", true)]
    [InlineData("ipv6", "fd00:244::7", true)]
    public void Another_name_of_the_pod_must_contain_the_addresses_of_the_families(string families, string addresses, bool needsEvery)
    {
        var other = OtherName("10.244.1.7 fd00:244::7", "--also", "zk-headless", "--families", families);
        Assert.Equal(Fixtures.Ips(addresses), other.Contains);
        Assert.Equal(needsEvery, other.NeedsEveryFamily);
    }

    private static DnsGate.Core.Model.Peer OtherName(string addresses, params string[] flags)
    {
        var given = flags.Chunk(2).ToDictionary(
            pair => OptionTable.All.Single(option => option.Flag == pair[0]), pair => (IReadOnlyList<string>)[pair[1]]);
        var options = new OptionReader(given, _ => null).Read(TimeSpan.FromMinutes(10));
        return Assert.Single(PeerFinder.OtherNames(
            options, new DnsGate.Core.Model.Identity(Fixtures.Name, "", Fixtures.Ips(addresses), ""), SearchList.Read(ResolvConf)));
    }

    private static (System.Collections.Immutable.ImmutableArray<DnsGate.Core.Model.Peer> Peers,
        System.Collections.Immutable.ImmutableArray<string> Problems) Find(string spec, Dictionary<string, string>? files = null) =>
        Finder(Fixtures.Name.ToString(), files ?? []).Find([Parse(spec)]);

    private static PeerSource Parse(string spec) =>
        PeerSource.TryParse(spec, out var source, out var problem) ? source : throw new ArgumentException(problem, nameof(spec));

    private static PeerFinder Finder(string own, Dictionary<string, string> files)
    {
        return new PeerFinder(Fixtures.NameOf(own), SearchList.Read(ResolvConf), TryRead, variable => variable switch
        {
            "VOTERS" => "1@kafka-0.kafka:9093,2@kafka-1.kafka:9093",
            "SERVERS" => "server.1=zk-0.zk:2888:3888;2181 server.2=zk-1.zk:2888:3888;2181",
            "BAD" => "1@",
            "EMPTY" => "",
            _ => null,
        });

        bool TryRead(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
        {
            problem = files.TryGetValue(path, out text) ? null : $"'{path}' does not exist";
            return problem is null;
        }
    }
}
