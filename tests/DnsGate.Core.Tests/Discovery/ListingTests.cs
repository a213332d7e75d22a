using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ListingTests
{
    [Fact]
    public void A_listing_has_the_same_servers_wherever_the_objects_came_from() =>
        Assert.True(Given.Listing(Given.Cluster(3), Given.App()).HasSameServersAs(Given.Listing(Given.Cluster(3), Given.App()) with { Age = TimeSpan.FromSeconds(9) }));

    [Fact]
    public void One_server_more_less_or_other_is_another_listing()
    {
        var listing = Given.Listing(Given.Cluster(3));
        Assert.False(listing.HasSameServersAs(Given.Listing(Given.Cluster(2))));
        Assert.False(listing.HasSameServersAs(Given.Listing(Given.Cluster(4))));
        var other = Given.Cluster(3);
        Assert.False(listing.HasSameServersAs(Given.Listing(other with { Servers = [other.Servers[0], other.Servers[1], new Server(Given.Vip, "static")] })));
        Assert.False(listing.HasSameServersAs(Given.Listing(Given.Cluster(3), Given.App())));
    }

    [Fact]
    public void A_server_that_has_to_agree_from_now_on_makes_another_listing()
    {
        var view = Given.Cluster(1);
        Assert.False(Given.Listing(view).HasSameServersAs(Given.Listing(view with { Servers = [view.Servers[0] with { Standing = Standing.Terminating }] })));
    }

    [Fact]
    public void Coverage_is_ordered_from_the_weakest_to_the_strongest() =>
        Assert.Equal([Coverage.None, Coverage.Sampled, Coverage.Static, Coverage.Complete], Enum.GetValues<Coverage>().Order());
}
