using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Discovery;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>When the name of the cluster's DNS Service is asked for.</summary>
public sealed class DnsServiceFinderTests
{
    private readonly ManualTime time = new();
    private readonly NameServerClient client = new(TimeSpan.FromSeconds(2), TimeProvider.System);

    [Fact]
    public async Task It_is_asked_for_once_where_it_is_answered()
    {
        await using LoopbackNameServer server = new(PtrOf("kube-dns.kube-system.svc.cluster.local"));
        var finder = FinderOf(server);

        Assert.Equal(1, await FindAsync(finder));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await FindAsync(finder));

        Assert.Equal("kube:kube-system/kube-dns", finder.Found!.ToString());
        Assert.Equal(1, server.QueryCount);
    }

    [Fact]
    public async Task It_is_asked_for_again_after_ten_seconds_where_nothing_was_found()
    {
        await using LoopbackNameServer server = new(Misbehaving.Error(Rcode.NxDomain));
        var finder = FinderOf(server);
        await FindAsync(finder);
        server.Behaviour = PtrOf("dns-default.openshift-dns.svc.cluster.local");

        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal((0, null), (await FindAsync(finder), finder.Found));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((1, "kube:openshift-dns/dns-default"), (await FindAsync(finder), finder.Found?.ToString()));
    }

    [Fact]
    public async Task Silence_ends_with_the_timeout_and_costs_a_resend()
    {
        await using LoopbackNameServer server = new(Misbehaving.Silent());
        var finder = FinderOf(server, TimeSpan.FromMilliseconds(200));
        Assert.Equal((2, null), (await FindAsync(finder), finder.Found));
    }

    [Fact]
    public async Task Nothing_is_sent_where_no_server_can_be_asked()
    {
        DnsServiceFinder finder = new(() => null, Domain, client, TimeSpan.FromSeconds(1), time);
        Assert.Equal((0, null), (await FindAsync(finder), finder.Found));
    }

    private static DnsName Domain => DnsName.TryParse("cluster.local", out var name, out _) ? name : DnsName.Root;

    private DnsServiceFinder FinderOf(LoopbackNameServer server, TimeSpan? timeout = null)
    {
        Lookup lookup = new(
            new ServerAddress(server.Endpoint.Address, server.Endpoint.Port),
            DnsName.ReverseOf(IPAddress.Parse("10.96.0.10")), RecordType.PTR);
        return new DnsServiceFinder(() => lookup, Domain, client, timeout ?? TimeSpan.FromSeconds(5), time);
    }

    private static Func<ReceivedQuery, Response?> PtrOf(string target) =>
        Questions.Right.WithRecord(Rr.Ptr("10.0.96.10.in-addr.arpa", target));

    private static Task<int> FindAsync(DnsServiceFinder finder) => finder.FindAsync(TestContext.Current.CancellationToken);
}
