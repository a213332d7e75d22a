using DnsGate.Core.Servers;
using DnsGate.Discover;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discover;

/// <summary>Sources that stand in for one another, and what they remember.</summary>
public sealed class SourceChainTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly FakeSource _api = new();
    private readonly FakeSource _service = new();
    private readonly FakeSource _file = new();
    private readonly SourceChain _chain;

    public SourceChainTests() => _chain = new SourceChain([Kept("api", _api, Coverage.Complete), Kept("service", _service, Coverage.Complete), Kept("file", _file, Coverage.Sampled)]);

    public void Dispose() => _chain.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "api serves")]
    [InlineData("Absent", "10.0.0.2", "10.0.0.3", "10.0.0.2", "api Absent, service serves")]
    [InlineData("Forbidden", "NotFound", "10.0.0.3", "10.0.0.3", "api Forbidden, service NotFound, file serves")]
    [InlineData("Unauthorized", "Empty", "10.0.0.3", "10.0.0.3", "api Unauthorized, service Empty, file serves")]
    [InlineData("Unreachable", "Unreachable", "10.0.0.3 10.0.0.4", "10.0.0.3 10.0.0.4", "api Unreachable, service Unreachable, file serves")]
    [InlineData("NotFound", "NotFound", "Empty", "", "api NotFound, service NotFound, file Empty")]
    public async Task The_first_source_that_can_be_listed_serves_and_the_reports_say_why_the_earlier_ones_do_not(string api, string service, string file, string servers, string reports)
    {
        (_api.Says, _service.Says, _file.Says) = (api, service, file);

        Found found = await ListAsync();

        Assert.Equal((servers, reports, TimeSpan.Zero), (Servers(found), Reports(found), found.Age));
        Assert.Equal(2 * found.Reports.Length, found.DatagramsToOne);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(45, 55)]
    public async Task A_list_that_is_kept_is_as_old_as_its_source_said_it_was_and_older_by_the_time_since(int seconds, int age)
    {
        (_api.Says, _api.Age) = ("10.0.0.1", TimeSpan.FromSeconds(seconds));
        Found fresh = await ListAsync();
        _api.Says = "Unreachable";
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(age)), (fresh.Age, (await ListAsync()).Age));
    }

    [Fact]
    public async Task A_later_source_is_not_listed_while_an_earlier_one_serves()
    {
        (_api.Says, _service.Says, _file.Says) = ("10.0.0.1", "10.0.0.2", "10.0.0.3");
        await ListAsync();
        Assert.Equal((1, 0, 0), (_api.Listings, _service.Listings, _file.Listings));
    }

    [Theory]
    [InlineData("a failure of a moment", "Unreachable", 60, "10.0.0.1", "api serves, Unreachable")]
    [InlineData("a failure of more than a minute", "Unreachable", 60.1, "10.0.0.2", "api Unreachable, service serves")]
    [InlineData("a token that expired", "Unauthorized", 3, "10.0.0.1", "api serves, Unauthorized")]
    [InlineData("a Service that lists nobody any more", "Empty", 3, "10.0.0.2", "api Empty, service serves")]
    [InlineData("a Service that is gone", "NotFound", 3, "10.0.0.2", "api NotFound, service serves")]
    public async Task Under_auto_the_last_list_is_kept_for_a_minute_and_then_the_next_source_serves(string sentence, string fault, double seconds, string servers, string reports)
    {
        (_api.Says, _service.Says) = ("10.0.0.1", "10.0.0.2");
        await ListAsync();
        _api.Says = fault;
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Found found = await ListAsync();

        Assert.Equal((sentence, servers, reports), (sentence, Servers(found), Reports(found)));
        Assert.Equal(servers == "10.0.0.1" ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero, found.Age);
    }

    [Fact]
    public async Task The_better_source_serves_again_once_it_can_be_listed()
    {
        (_api.Says, _service.Says) = ("Unreachable", "10.0.0.2");
        await ListAsync();
        _api.Says = "10.0.0.1";
        Assert.Equal("10.0.0.1", Servers(await ListAsync()));
    }

    [Fact]
    public async Task When_nothing_else_can_be_listed_the_old_list_is_shown_with_its_age_and_as_the_one_that_serves()
    {
        (_api.Says, _service.Says, _file.Says) = ("Absent", "10.0.0.2", "Empty");
        await ListAsync();
        _service.Says = "Unreachable";
        _time.Advance(TimeSpan.FromMinutes(5));

        Found found = await ListAsync();

        Assert.Equal(("10.0.0.2", "api Absent, service serves, Unreachable, file Empty"), (Servers(found), Reports(found)));
        Assert.Equal(TimeSpan.FromMinutes(5), found.Age);
    }

    [Theory]
    [InlineData("Unreachable", 3)]
    [InlineData("Forbidden", 3)]
    [InlineData("Empty", null)]
    [InlineData("NotFound", null)]
    public async Task A_source_of_its_own_keeps_its_last_list_and_one_that_names_nobody_any_more_is_too_old_for_ever(string fault, int? seconds)
    {
        SourceChain alone = new([Kept("service", _service, Coverage.Complete)]);
        _service.Says = "10.0.0.2";
        await alone.ListAsync(anew: false, CancellationToken.None);
        _service.Says = fault;
        _time.Advance(TimeSpan.FromSeconds(3));

        Found found = await alone.ListAsync(anew: true, CancellationToken.None);

        Assert.Equal(("10.0.0.2", $"service serves, {fault}"), (Servers(found), Reports(found)));
        Assert.Equal(seconds is { } age ? TimeSpan.FromSeconds(age) : TimeSpan.MaxValue, found.Age);
        _service.Says = "10.0.0.9";
        Assert.Equal(("10.0.0.9", TimeSpan.Zero), (Servers(found = await alone.ListAsync(anew: true, CancellationToken.None)), found.Age));
    }

    [Fact]
    public async Task All_sources_end_with_the_chain()
    {
        await _chain.DisposeAsync();
        Assert.True(_api.IsDisposed && _service.IsDisposed && _file.IsDisposed);
    }

    private KeptSource Kept(string name, FakeSource source, Coverage coverage) => new(name, source, coverage, _time);

    private Task<Found> ListAsync() => _chain.ListAsync(anew: false, CancellationToken.None);

    private static string Servers(Found found) => string.Join(' ', found.Servers.Select(server => server.Address.Address));

    private static string Reports(Found found) => string.Join(", ", found.Reports.Select(report =>
        $"{report.Source} {(report.Serves ? "serves" : "")}{(report is { Serves: true, Problem: not null } ? ", " : "")}{report.Problem?.Fault}"));
}
