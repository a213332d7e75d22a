using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ListingTests
{
    [Fact]
    public void A_listing_has_the_same_servers_wherever_the_objects_came_from() =>
        Assert.True(Fixtures.Listing(Fixtures.Cluster(3), Fixtures.App())
            .HasSameServersAs(Fixtures.Listing(Fixtures.Cluster(3), Fixtures.App()) with { Age = TimeSpan.FromSeconds(9) }));

    /// <summary>Otherwise the window would start over when the API names the pods of servers that are asked already.</summary>
    [Fact]
    public void What_is_only_shown_of_a_server_makes_no_other_listing()
    {
        var view = Fixtures.Cluster(1);
        var named = view.Servers[0] with
        {
            Source = "kube:kube-system/kube-dns",
            Endpoint = new KubeEndpoint("coredns-a", "node-a", HasHints: true),
            Namespace = "kube-system",
        };
        Assert.True(Fixtures.Listing(view).HasSameServersAs(Fixtures.Listing(view with { Servers = [named] })));
    }

    [Fact]
    public void One_server_more_less_or_other_is_another_listing()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(3));
        Assert.False(listing.HasSameServersAs(Fixtures.Listing(Fixtures.Cluster(2))));
        Assert.False(listing.HasSameServersAs(Fixtures.Listing(Fixtures.Cluster(4))));
        var other = Fixtures.Cluster(3);
        Assert.False(listing.HasSameServersAs(
            Fixtures.Listing(other with { Servers = [other.Servers[0], other.Servers[1], new Server(Fixtures.Vip, "static")] })));
        Assert.False(listing.HasSameServersAs(Fixtures.Listing(Fixtures.Cluster(3), Fixtures.App())));
    }

    [Fact]
    public void A_server_that_has_to_agree_from_now_on_makes_another_listing()
    {
        var view = Fixtures.Cluster(1);
        Assert.False(Fixtures.Listing(view).HasSameServersAs(
            Fixtures.Listing(view with { Servers = [view.Servers[0] with { Condition = EndpointCondition.Terminating }] })));
    }

    [Fact]
    public void Coverage_is_ordered_from_the_weakest_to_the_strongest() =>
        Assert.Equal(
            [Coverage.None, Coverage.Intercepted, Coverage.Sampled, Coverage.NodeService, Coverage.Static, Coverage.Complete],
            Enum.GetValues<Coverage>().Order());
}
