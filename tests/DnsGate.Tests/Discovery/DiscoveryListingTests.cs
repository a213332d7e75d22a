using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Discovery;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>The list of every view, from sources that are asked: real options, real datagrams.</summary>
public sealed class DiscoveryListingTests : IDisposable
{
    private const string KubeByLabel = "kube:kube-system/k8s-app=kube-dns";
    private const string Headless = $"headless:{NameServersOfCluster.Service}";

    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_headless_Service_alone_is_complete_and_one_with_named_servers_static()
    {
        await using NameServersOfCluster servers = new(20, 3);
        servers.Tell(1, 1, 2);

        var listing = await ListAsync("--servers", $"{servers.List(1)},{Headless}");

        Assert.Equal(servers.List(1, 2, 3), Text(listing.Views[0]));
        Assert.Equal((Coverage.Static, false, 0), (listing.Coverage, listing.IsIncomplete, listing.Failures.Length));
        Assert.Equal([Coverage.Static, Coverage.Complete, Coverage.Sampled], listing.Sources.Select(source => source.Coverage));
        Assert.Equal(2, listing.DatagramsToOne);
        Assert.Equal(["static", Headless, Headless], listing.Views[0].Servers.Select(server => server.Source));
    }

    [Theory]
    [InlineData("there is no such Service", "", DiscoveryFault.NotFound, "NXDOMAIN")]
    [InlineData("nobody answers", "silent", DiscoveryFault.Unreachable, "is silent")]
    [InlineData("the server fails", "servfail", DiscoveryFault.Unreachable, "answers SERVFAIL")]
    internal async Task An_explicit_source_that_fails_beside_a_named_server_makes_the_list_incomplete(
        string sentence, string behaviour, DiscoveryFault fault, string says)
    {
        await using NameServersOfCluster servers = new(22, 1);
        servers.Tell(1);
        servers[1].Behaviour = behaviour switch
        {
            "silent" => Misbehaving.Silent(),
            "servfail" => Misbehaving.Error(Rcode.ServFail),
            _ => servers[1].Behaviour,
        };

        var listing = await ListAsync(
            "--servers", $"{servers.List(1)},{Headless}", "--query-timeout", behaviour == "silent" ? "200ms" : "3s");

        Assert.Equal((sentence, true, servers.List(1)), (sentence, listing.IsIncomplete, Text(listing.Views[0])));
        var failure = Assert.Single(listing.Failures);
        Assert.Equal((Headless, false, fault), (failure.Source, failure.Serves, failure.Problem!.Fault));
        Assert.Contains(says, failure.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auto_takes_the_headless_Service_of_the_conventional_name_where_the_API_may_not_be_asked()
    {
        await using NameServersOfCluster servers = new(23, 2);

        var listing = await ListAsync("--servers", $"auto,{servers.List(1)}");

        Assert.Equal(servers.List(1, 2), Text(listing.Views[0]));
        Assert.False(listing.IsIncomplete);
        Assert.Equal([KubeByLabel, Headless, "static", AppFile], listing.Sources.Select(source => source.Source));
        Assert.Equal([false, true, true, true], listing.Sources.Select(source => source.Serves));
        Assert.Equal([KubeByLabel], listing.Failures.Select(source => source.Source));
    }

    [Fact]
    public async Task What_auto_cannot_list_makes_no_list_incomplete_beside_other_servers()
    {
        await using NameServersOfCluster servers = new(24, 1);
        servers.Tell(1);

        var listing = await ListAsync("--servers", $"auto,{servers.List(1)}");

        Assert.False(listing.IsIncomplete);
        Assert.Equal(DiscoveryFault.NotFound, listing.Sources.Single(source => source.Source == Headless).Problem!.Fault);
    }

    [Fact]
    public async Task Auto_takes_the_headless_Service_that_the_name_servers_name_where_there_is_none_of_the_conventional_name()
    {
        await using NameServersOfCluster servers = new(28, 2);
        TellUnderNs(servers, 1, 2);

        var listing = await ListAsync("--servers", $"auto,{servers.List(1)}");
        var byName = await ListAsync("--servers", $"ns,{servers.List(1)}");

        Assert.Equal([KubeByLabel, Headless, "ns", "static", AppFile], listing.Sources.Select(source => source.Source));
        Assert.Equal([false, false, true, true, true], listing.Sources.Select(source => source.Serves));
        Assert.All([listing, byName], list => Assert.Equal(servers.List(1, 2), Text(list.Views[0])));
        Assert.Equal(["ns", "static", AppFile], byName.Sources.Select(source => source.Source));
    }

    [Theory]
    [InlineData("discovered servers", Headless, true)]
    [InlineData("discovered servers, by DNS servers", "ns", true)]
    [InlineData("servers that the user named", "", false)]
    public async Task Whether_something_answers_in_their_place_is_asked_once_and_only_of_discovered_servers(
        string sentence, string source, bool isAsked)
    {
        await using NameServersOfCluster servers = new(29, 2);
        if (source == "ns")
        {
            TellUnderNs(servers, 1, 2);
        }

        var asked = 0;
        TaskCompletionSource<bool> answer = new();
        InterceptionCheck check = new(_ =>
        {
            asked++;
            return answer.Task;
        });
        using var lister = ListerOf(
            TimeProvider.System, check, "--servers", source == "" ? servers.List(1) : $"{servers.List(1)},{source}");
        var first = await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
        var second = await lister.ListAsync(forceRefresh: true, TestContext.Current.CancellationToken);
        answer.SetResult(true);
        var third = await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);

        Assert.Equal((sentence, isAsked ? 1 : 0), (sentence, asked));
        Assert.All([first, second], list => Assert.Equal(Coverage.Static, list.Coverage));
        Assert.Equal(isAsked ? Coverage.Intercepted : Coverage.Static, third.Coverage);
    }

    [Theory]
    [InlineData("no answer", false)]
    [InlineData("the asking failed", null)]
    public async Task Without_an_answer_nothing_is_intercepted(string sentence, bool? isAnswered)
    {
        await using NameServersOfCluster servers = new(30, 1);
        using var lister = ListerOf(
            TimeProvider.System,
            new InterceptionCheck(_ => isAnswered is { } answer
                ? Task.FromResult(answer)
                : Task.FromException<bool>(new OperationCanceledException())),
            "--servers", $"{servers.List(1)},{Headless}");
        await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
        var listing = await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
        Assert.Equal((sentence, Coverage.Static), (sentence, listing.Coverage));
    }

    [Fact]
    public async Task A_server_that_appears_just_before_opening_makes_it_another_list()
    {
        await using NameServersOfCluster servers = new(25, 2);
        servers.Tell(1, 1);
        ManualTime time = new();
        using var lister = ListerOf(time, "--servers", $"{servers.List(1)},{Headless}");
        var first = await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
        servers.Tell(1, 1, 2);
        time.Advance(TimeSpan.FromSeconds(1));

        var held = await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
        var before = await lister.ListAsync(forceRefresh: true, TestContext.Current.CancellationToken);

        Assert.True(held.HasSameServersAs(first));
        Assert.Equal(servers.List(1, 2), Text(before.Views[0]));
    }

    [Fact]
    public async Task An_external_view_of_the_zone_looks_its_servers_up_and_one_of_named_servers_does_not()
    {
        await using NameServersOfCluster servers = new(26, 1);
        var zone = PodZone.For("zk-0.example.com", Questions.Ip) with { Zone = "example.com" };
        servers[1].Behaviour = zone.WithRecord(Rr.Soa("example.com"),
            Rr.Ns("example.com", "ns1.example.com"), Rr.Ns("example.com", "ns2.example.com"),
            Rr.Address("ns1.example.com", "192.0.2.1"), Rr.Address("ns2.example.com", "192.0.2.2"));

        var listing = await ListAsync("--servers", servers.List(1), "--external",
            "{pod}.example.com@authoritative", "--external", "zk.example.org@192.0.2.9,192.0.2.8");

        View[] views = [.. listing.Views.Where(view => view.Kind == ViewKind.External)];
        Assert.Equal(
            (0, "zk-0.example.com", true, "192.0.2.1:53 192.0.2.2:53"),
            (views[0].Key.Number, views[0].Name.ToString(), views[0].IsAuthoritative, Text(views[0])));
        Assert.Equal(
            (1, "zk.example.org", false, "192.0.2.8:53 192.0.2.9:53"),
            (views[1].Key.Number, views[1].Name.ToString(), views[1].IsAuthoritative, Text(views[1])));
        Assert.Equal((Coverage.Static, false), (listing.Coverage, listing.IsIncomplete));
        Assert.DoesNotContain(servers[1].Queries, query => query.Name == "zk-0.example.com");
    }

    [Fact]
    public async Task An_external_view_whose_zone_is_not_found_makes_the_list_incomplete()
    {
        await using NameServersOfCluster servers = new(27, 1);
        servers[1].Behaviour = Misbehaving.Error(Rcode.Refused);

        var listing = await ListAsync("--servers", servers.List(1), "--external", "{pod}.example.com@authoritative");

        Assert.True(listing.IsIncomplete);
        Assert.Empty(listing.Views.Single(view => view.Kind == ViewKind.External).Servers);
        Assert.Equal("{pod}.example.com@authoritative", Assert.Single(listing.Failures).Source);
    }

    /// <summary>Nobody listens at the application's own server: discovery asks it as well, and not the servers of this machine.</summary>
    private string AppFile
    {
        get
        {
            var path = Path.Combine(directory, "app");
            File.WriteAllText(path, "nameserver 127.84.255.1\n");
            return $"resolv.conf:{path}";
        }
    }

    [Fact]
    public void Every_kind_of_source_can_be_made()
    {
        var kinds = new HashSet<Type>();
        foreach (var spec in (string[])["auto", "10.0.0.1", "kube:kube-dns", Headless, "ns", "resolv.conf"])
        {
            Assert.True(ServerSource.TryParse(spec, out var source, out var problem), problem);
            kinds.Add(source.GetType());
            using var lister = ListerOf(TimeProvider.System, "--servers", spec);
        }

        var missing = typeof(ServerSource).GetNestedTypes().Except(kinds).Select(kind => kind.Name).ToList();
        Assert.True(missing.Count == 0, $"no SPEC of this test gives a ServerSource.{string.Join(", ", missing)}: add one here");
    }

    [Fact]
    public void The_reference_says_what_each_form_finds()
    {
        var reference = File.ReadAllText(Repository.File("docs/reference.md"));
        Assert.All(ServerSource.Forms.Split(", ").Except(["[v6]:PORT"]), form => Assert.True(
            reference.Contains($"\n| `{form}` |", StringComparison.Ordinal),
            $"docs/reference.md, table under 'Which servers it asks': no row for `{form}`"));
    }

    private static string Text(View view) => string.Join(' ', view.Servers.Select(server => server.Address));

    private async Task<Listing> ListAsync(params string[] options)
    {
        using var lister = ListerOf(TimeProvider.System, options);
        return await lister.ListAsync(forceRefresh: false, TestContext.Current.CancellationToken);
    }

    /// <summary>There is no Service of the conventional name, and the servers name one of theirs under NS.</summary>
    private static void TellUnderNs(NameServersOfCluster servers, params int[] numbers)
    {
        const string Service = "coredns-metrics.monitoring.svc.cluster.local";
        foreach (var number in numbers)
        {
            servers[number].Behaviour = Questions.Right.WithRecord(
            [
                Rr.Ns("cluster.local", "kube-dns.kube-system.svc.cluster.local"),
                Rr.Ns("cluster.local", $"10-244-0-1.{Service}"),
                Rr.Srv($"_dns._udp.{Service}", $"a.{Service}", (ushort)servers.Port),
                .. numbers.Select(other => Rr.Address(Service, servers.Seed(other).Address.Address)),
            ]);
        }
    }

    private ServerLister ListerOf(TimeProvider time, params string[] options) => ListerOf(time, interception: null, options);

    private ServerLister ListerOf(TimeProvider time, InterceptionCheck? interception, params string[] options)
    {
        var flags = options.Chunk(2).GroupBy(pair => pair[0], pair => pair[1])
            .ToDictionary(
                group => OptionTable.All.Single(setting => setting.Flag == group.Key), IReadOnlyList<string> (group) => [.. group]);
        flags.TryAdd(OptionTable.App, [AppFile]);
        // Long enough that nobody is silent only because the machine is busy.
        flags.TryAdd(OptionTable.QueryTimeout, ["3s"]);
        OptionReader reader = new(flags, _ => null);
        var spec = reader.Read(TimeSpan.FromSeconds(20));
        Assert.Empty(reader.Problems);
        Identity identity = new(Questions.Name, "test", [IPAddress.Parse(Questions.Ip)], "test");
        return new ServerLister(
            spec, identity, new NameServerClient(spec.QueryTimeout, TimeProvider.System), spec.Timeout, time, interception);
    }
}
