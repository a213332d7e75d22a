using System.Globalization;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>What the states of all sources make of the list: its views, coverage, age, and whether it is complete.</summary>
public sealed class ListingBuilderTests
{
    private static readonly Identity Pod = new(Fixtures.Name, "test", Fixtures.Ips(Fixtures.Own), "test");

    // Chains: "cluster", "app" or "external", and the states of its sources.
    [Theory]
    [InlineData("one source", "cluster 10.0.0.2 10.0.0.1", "cluster 10.0.0.1 10.0.0.2")]
    [InlineData("several sources, each server once", "cluster 10.0.0.2 | cluster 10.0.0.1 10.0.0.2", "cluster 10.0.0.1 10.0.0.2")]
    [InlineData("a server found twice is sampled as often as either needs", "cluster 10.0.0.1 | cluster 10.0.0.1*8", "cluster 10.0.0.1*8")]
    [InlineData("a server found twice is required when either finds it in service",
        "cluster 10.0.0.1/NotReady | cluster 10.0.0.1", "cluster 10.0.0.1")]
    [InlineData("a server that no source finds in service",
        "cluster 10.0.0.1/NotReady | cluster 10.0.0.1/Terminating", "cluster 10.0.0.1/Terminating")]
    [InlineData("the application's servers have a view of their own",
        "cluster 10.0.0.1 | app 10.0.0.9*8", "cluster 10.0.0.1; app 10.0.0.9*8")]
    [InlineData("a server of both is asked once, as often as either needs", "cluster 10.0.0.1 | app 10.0.0.1*8", "cluster 10.0.0.1*8")]
    [InlineData("a server of both that the cluster does not require is asked in both",
        "cluster 10.0.0.1/NotReady | app 10.0.0.1", "cluster 10.0.0.1/NotReady; app 10.0.0.1")]
    [InlineData("an app view without servers is shown", "cluster 10.0.0.1 | app Absent", "cluster 10.0.0.1; app")]
    [InlineData("a cluster view without servers is shown", "cluster Unreachable", "cluster")]
    [InlineData("the last good list of a source that fails", "cluster 10.0.0.1 Unreachable 30", "cluster 10.0.0.1")]
    [InlineData("the last good list of a source that has withdrawn it", "cluster 10.0.0.1 Empty 3", "cluster 10.0.0.1")]
    [InlineData("external views", "cluster 10.0.0.1 | external 192.0.2.2 192.0.2.1 | external Unreachable",
        "cluster 10.0.0.1; external zk-0.example.com 192.0.2.1 192.0.2.2; external zk.example.org")]
    public void The_views_hold_the_servers_of_their_sources(string sentence, string chains, string expected) =>
        Assert.Equal((sentence, expected), (sentence, string.Join("; ", Build(chains).Views.Select(Text))));

    [Theory]
    [InlineData("all is listed", "cluster 10.0.0.1 | app 10.0.0.9", false)]
    [InlineData("a source of the cluster view has no list", "cluster 10.0.0.1 | cluster Unreachable", true)]
    [InlineData("the app view has no list", "cluster 10.0.0.1 | app Absent", true)]
    [InlineData("an external view has no list", "cluster 10.0.0.1 | external 192.0.2.1 | external NotFound", true)]
    [InlineData("a last good list stands in", "cluster 10.0.0.1 Unreachable 300", false)]
    [InlineData("a next source stands in", "cluster Forbidden; Absent; 10.0.0.1", false)]
    [InlineData("auto alone has no list", "auto Forbidden; Absent; Empty", false)]
    [InlineData("auto beside another source has no list", "cluster 10.0.0.1 | auto Forbidden; Absent; Empty", true)]
    public void A_list_is_incomplete_without_a_source_that_the_user_asked_for(string sentence, string chains, bool isIncomplete) =>
        Assert.Equal((sentence, isIncomplete), (sentence, Build(chains).IsIncomplete));

    [Theory]
    [InlineData("fresh", "cluster 10.0.0.1", 0d)]
    [InlineData("the oldest counts", "cluster 10.0.0.1 age=3 | cluster 10.0.0.2 age=9 | app 10.0.0.9 age=5", 9d)]
    [InlineData("held or failing, it ages", "cluster 10.0.0.1 age=70 Unreachable 65", 70d)]
    [InlineData("of the source that serves", "cluster 10.0.0.1 age=70 Unreachable 65; 10.0.0.2 age=2", 2d)]
    [InlineData("withdrawn, it is not usable at any age", "cluster 10.0.0.1 age=1 Empty 1", null)]
    [InlineData("a source without a list", "cluster 10.0.0.1 | cluster Unreachable", null)]
    public void The_age_is_that_of_the_oldest_part_and_none_where_a_part_is_not_usable(string sentence, string chains, double? seconds) =>
        Assert.Equal((sentence, seconds), (sentence, Build(chains).Age?.TotalSeconds));

    [Theory]
    [InlineData("a withdrawn list", "cluster 10.0.0.1 Empty 0")]
    [InlineData("a list older than a minute", "cluster 10.0.0.1 age=60.1 Unreachable 5")]
    public void Such_a_list_never_opens_the_gate(string sentence, string chains) =>
        Assert.Equal((sentence, Reason.DiscoveryFailed), (sentence, OpeningRule.ObjectionTo(Build(chains), Build(chains))));

    [Theory]
    [InlineData("one source", Coverage.Complete, "Complete 10.0.0.1")]
    [InlineData("the weakest", Coverage.Sampled, "Complete 10.0.0.1 | Sampled 10.0.0.2 | Static 10.0.0.3")]
    [InlineData("a source without servers does not count", Coverage.Complete, "Complete 10.0.0.1 | Sampled Absent")]
    [InlineData("nothing was found", Coverage.None, "Complete Unreachable")]
    internal void The_coverage_is_the_weakest_of_those_that_serve(string sentence, Coverage expected, string chains)
    {
        ChainState[] states = [.. chains.Split(" | ").Select(text => text.Split(' ', 2))
            .Select(parts =>
                new ChainState(new ViewKey(ViewKind.Cluster), [SourceTable.State(parts[1], coverage: Enum.Parse<Coverage>(parts[0]))]))];
        Assert.Equal((sentence, expected), (sentence, ListingBuilder.Build(SpecOf("10.0.0.1"), Pod, states).Coverage));
    }

    [Theory]
    [InlineData("a sample behind a Service without endpoints", Coverage.NodeService, "Complete NoEndpoints; Sampled 10.0.0.9")]
    [InlineData("a sample behind a Service that is not there", Coverage.Sampled, "Complete Empty; Sampled 10.0.0.9")]
    [InlineData("the last list of a Service without endpoints", Coverage.Complete, "Complete 10.0.0.1 NoEndpoints 5; Sampled 10.0.0.9")]
    [InlineData("another complete source", Coverage.Complete, "Complete NoEndpoints; Complete 10.0.0.1")]
    internal void A_sample_behind_a_Service_without_endpoints_is_a_service_of_the_node(string sentence, Coverage expected, string chain) =>
        Assert.Equal((sentence, expected), (sentence, ListingBuilder.Build(SpecOf("auto"), Pod, [ChainOf(chain)]).Coverage));

    [Theory]
    [InlineData("Complete 10.0.0.1", false, false)]
    [InlineData("Static 10.0.0.1", false, false)]
    [InlineData("Sampled 10.0.0.1", false, true)]
    [InlineData("Complete 10.0.0.1", true, true)]
    [InlineData("Complete NoEndpoints; Sampled 10.0.0.9", false, true)]
    internal void A_required_coverage_is_lacking_where_the_list_is_less_than_complete_or_named(
        string chain, bool isIntercepted, bool isLacking)
    {
        var any = SpecOf("auto");
        var listing = ListingBuilder.Build(any with { Coverage = RequiredCoverage.Complete }, Pod, [ChainOf(chain)], isIntercepted);
        Assert.Equal((chain, isLacking), (chain, listing.LacksCoverage));
        Assert.Equal(isLacking ? Reason.DiscoveryFailed : null, OpeningRule.ObjectionTo(listing, listing));
        Assert.False(ListingBuilder.Build(any, Pod, [ChainOf(chain)], isIntercepted).LacksCoverage);
    }

    [Fact]
    public void An_interception_is_weaker_than_a_sample_and_stronger_than_nothing()
    {
        Assert.Equal(Coverage.Intercepted, ListingBuilder.Build(SpecOf("auto"), Pod, [SourceTable.Chain("10.0.0.1")], true).Coverage);
        Assert.Equal(Coverage.None, ListingBuilder.Build(SpecOf("auto"), Pod, [SourceTable.Chain("Absent")], true).Coverage);
    }

    [Theory]
    [InlineData("a better source gave a definite answer", "auto Forbidden; NotFound; 10.0.0.9", false)]
    [InlineData("a better source was slow", "auto Unreachable; NotFound; 10.0.0.9", true)]
    [InlineData("the source in use failed later", "auto 10.0.0.1 Unreachable 5", false)]
    [InlineData("the application's source was slow", "cluster 10.0.0.1 | app Unreachable", false)]
    public void A_list_is_provisional_where_a_better_source_gave_no_definite_answer(string sentence, string chains, bool isProvisional) =>
        Assert.Equal((sentence, isProvisional), (sentence, Build(chains).IsProvisional));

    [Fact]
    public void The_application_s_servers_and_external_ones_do_not_count_for_the_coverage() => Assert.Equal(
        Coverage.Complete,
        ListingBuilder.Build(SpecOf("10.0.0.1"), Pod,
        [
            SourceTable.Chain("10.0.0.1"),
            new ChainState(new ViewKey(ViewKind.App), [SourceTable.State("10.0.0.9", "resolv.conf", Coverage.Sampled)]),
        ]).Coverage);

    [Fact]
    public void Every_source_is_reported_once_with_what_it_serves_and_why_it_failed()
    {
        var listing = ListingBuilder.Build(SpecOf("auto"), Pod,
        [
            new ChainState(new ViewKey(ViewKind.Cluster),
            [
                SourceTable.State("Forbidden"),
                SourceTable.State("10.0.0.1 Unreachable 90", "headless:x.y"),
                SourceTable.State("10.0.0.9", "resolv.conf", Coverage.Sampled),
            ]),
            new ChainState(new ViewKey(ViewKind.App), [SourceTable.State("10.0.0.9", "resolv.conf", Coverage.Sampled)]),
            new ChainState(new ViewKey(ViewKind.External), [SourceTable.State("10.0.0.8", "static", Coverage.Static)]),
        ]);

        Assert.Equal(
            [
                ("kube:a/b", false, DiscoveryFault.Forbidden, ViewKind.Cluster),
                ("headless:x.y", false, DiscoveryFault.Unreachable, ViewKind.Cluster),
                ("resolv.conf", true, null, ViewKind.Cluster),
                ("static", true, null, ViewKind.External),
            ],
            listing.Sources.Select(source => (source.Source, source.Serves, source.Problem?.Fault, source.View)));
    }

    [Fact]
    public void Notes_are_said_once_and_datagrams_add_up()
    {
        var listing = Build("cluster Absent note=a datagrams=2; 10.0.0.1 note=b datagrams=3 | app 10.0.0.9 note=b datagrams=4");
        Assert.Equal(["a", "b"], listing.Notes);
        Assert.Equal(9, listing.DatagramsToOne);
    }

    /// <summary>Builds a list from chains: <c>cluster 10.0.0.1 | app 10.0.0.9</c>.</summary>
    private static Listing Build(string chains)
    {
        var external = 0;
        ChainState[] states = [.. chains.Split(" | ").Select(text => text.Split(' ', 2)).Select(parts => parts[0] switch
        {
            "app" => SourceTable.Chain(parts[1], ViewKind.App),
            "external" => SourceTable.Chain(parts[1], ViewKind.External, external++),
            _ => SourceTable.Chain(parts[1]),
        })];
        List<string> servers = [.. chains.Split(" | ")
            .Where(text => !text.StartsWith("app", StringComparison.Ordinal) && !text.StartsWith("external", StringComparison.Ordinal))
                .Select((text, number) => text.StartsWith("auto", StringComparison.Ordinal) ? "auto" : $"kube:a/s{number}")];
        return ListingBuilder.Build(
            SpecOf(string.Join(',', servers), chains.Contains("app ", StringComparison.Ordinal) ? "resolv.conf" : "off", external),
            Pod,
            states);
    }

    /// <summary>One chain, each source with its coverage: <c>Complete NoEndpoints; Sampled 10.0.0.9</c>.</summary>
    private static ChainState ChainOf(string sources) => new(
        new ViewKey(ViewKind.Cluster),
        [.. sources.Split("; ")
            .Select(text => text.Split(' ', 2))
            .Select(parts => SourceTable.State(parts[1], coverage: Enum.Parse<Coverage>(parts[0])))]);

    private static GateOptions SpecOf(string servers, string app = "resolv.conf", int externals = 0)
    {
        string[] external = ["{pod}.example.com@192.0.2.1", "zk.example.org@192.0.2.1"];
        var flags = new Dictionary<OptionDefinition, IReadOnlyList<string>>
        {
            [OptionTable.Servers] = [servers],
            [OptionTable.App] = [app],
        };
        if (externals > 0)
        {
            flags[OptionTable.External] = external[..externals];
        }

        var reader = new OptionReader(flags, _ => null);
        var spec = reader.Read(TimeSpan.FromSeconds(1));
        Assert.Empty(reader.Problems);
        return spec;
    }

    private static string Text(View view) => string.Join(' ', view.Servers
        .Select(Text)
        .Prepend(view.Kind == ViewKind.External ? $"external {view.Name}" : view.Kind.ToString().ToLowerInvariant()));

    private static string Text(Server server) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{server.Address.Address}{(server.Samples > 1 ? $"*{server.Samples}" : "")}{(server.Required ? "" : $"/{server.Condition}")}");
}
