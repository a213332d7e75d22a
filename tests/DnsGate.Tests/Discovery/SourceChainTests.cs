using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.Discovery;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>Which sources of a chain are asked. Whose servers are used is in the tests of <see cref="ChainState"/>.</summary>
public sealed class SourceChainTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly FakeSource api;
    private readonly FakeSource service;
    private readonly FakeSource file;
    private readonly SourceChain chain;

    public SourceChainTests()
    {
        (api, service, file) = (new("api", Coverage.Complete, time),
            new("service", Coverage.Complete, time), new("file", Coverage.Sampled, time));
        chain = new SourceChain(new ViewKey(ViewKind.Cluster), [api, service, file]);
    }

    public void Dispose() => chain.Dispose();

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "10.0.0.3", "api serves")]
    [InlineData("Absent", "10.0.0.2", "10.0.0.3", "api Absent, service serves")]
    [InlineData("Forbidden", "NotFound", "10.0.0.3", "api Forbidden, service NotFound, file serves")]
    [InlineData("Unreachable", "Unreachable", "10.0.0.3", "api Unreachable, service Unreachable, file serves")]
    [InlineData("NotFound", "NotFound", "Empty", "api NotFound, service NotFound, file Empty")]
    public async Task The_sources_are_asked_up_to_the_first_that_is_usable(string api, string service, string file, string expected)
    {
        (this.api.Says, this.service.Says, this.file.Says) = (api, service, file);
        Assert.Equal(expected, await ListAsync());
    }

    [Fact]
    public async Task A_source_that_fails_for_more_than_a_minute_is_replaced_until_it_returns_a_list()
    {
        (api.Says, service.Says) = ("10.0.0.1", "10.0.0.2");
        await ListAsync();
        api.Says = "Unreachable";
        Assert.Equal("api serves, Unreachable", await ListAsync());
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("api serves, Unreachable", await ListAsync());
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("api Unreachable, service serves", await ListAsync());
        api.Says = "10.0.0.1";
        Assert.Equal("api serves", await ListAsync());
    }

    /// <summary>After NodeNotReady no CoreDNS pod is ready for some seconds: that is no reason to use a sample.</summary>
    [Theory]
    [InlineData("Empty")]
    [InlineData("NotFound")]
    [InlineData("NoEndpoints")]
    public async Task An_empty_list_of_a_source_that_listed_servers_is_no_reason_to_go_on_for_a_minute_and_nothing_opens_on_it(string empty)
    {
        (api.Says, service.Says, file.Says) = ("10.0.0.1", "Absent", "10.0.0.3");
        await ListAsync();
        api.Says = empty;
        Assert.Equal($"api serves, {empty}", await ListAsync());
        time.Advance(TimeSpan.FromSeconds(60));
        var state = await chain.ListAsync(forceRefresh: true, CancellationToken.None);
        Assert.Equal(("api", true), (state.Serving!.Name, state.Serving.IsWithdrawn));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal($"api {empty}, service Absent, file serves", await ListAsync());
        api.Says = "10.0.0.1";
        Assert.Equal("api serves", await ListAsync());
    }

    [Fact]
    public async Task A_forced_refresh_reaches_every_source_that_is_asked()
    {
        (api.Says, service.Says) = ("Absent", "10.0.0.2");
        await chain.ListAsync(forceRefresh: true, CancellationToken.None);
        Assert.Equal([(true, true)], api.Fetches);
        Assert.Equal([(true, true)], service.Fetches);
        Assert.Empty(file.Fetches);
    }

    [Fact]
    public void All_sources_end_with_the_chain()
    {
        chain.Dispose();
        Assert.True(api.IsDisposed && service.IsDisposed && file.IsDisposed);
    }

    private async Task<string> ListAsync()
    {
        var state = await chain.ListAsync(forceRefresh: false, CancellationToken.None);
        return string.Join(", ", state.Sources.Select(source =>
            $"{source.Name} {(ReferenceEquals(source, state.Serving) ? "serves" : "")}"
            + $"{(ReferenceEquals(source, state.Serving) && source.Problem is not null ? ", " : "")}{source.Problem?.Fault}"));
    }
}
