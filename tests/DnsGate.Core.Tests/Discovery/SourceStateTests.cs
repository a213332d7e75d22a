namespace DnsGate.Core.Tests.Discovery;

/// <summary>When the last good list of a source is used, and whose servers a chain of sources gives.</summary>
public sealed class SourceStateTests
{
    [Theory]
    [InlineData("a list", "10.0.0.1", true, false)]
    [InlineData("no list", "Unreachable", false, false)]
    [InlineData("a failure after a list", "10.0.0.1 Unreachable 0", true, false)]
    [InlineData("a minute of failures", "10.0.0.1 Unauthorized 60", true, false)]
    [InlineData("more than a minute of failures", "10.0.0.1 Unreachable 60.1", false, false)]
    [InlineData("a Service that is empty all at once", "10.0.0.1 Empty 0", true, true)]
    [InlineData("a Service that has been empty for more than a minute", "10.0.0.1 Empty 60.1", false, true)]
    [InlineData("a Service that has lost its endpoints", "10.0.0.1 NoEndpoints 0", true, true)]
    [InlineData("a Service that is gone", "10.0.0.1 NotFound 0", true, true)]
    public void A_last_good_list_is_used_for_a_minute_of_failures_withdrawn_or_not(
        string sentence, string state, bool isUsable, bool isWithdrawn)
    {
        var source = SourceTable.State(state);
        Assert.Equal((sentence, isUsable, isWithdrawn), (sentence, source.IsUsable, source.IsWithdrawn));
    }

    [Theory]
    [InlineData("the first", "10.0.0.1", "10.0.0.1")]
    [InlineData("the next, where it has none", "Absent; 10.0.0.2", "10.0.0.2")]
    [InlineData("the last", "Forbidden; NotFound; 10.0.0.3", "10.0.0.3")]
    [InlineData("none", "NotFound; NotFound; Empty", "")]
    [InlineData("the next, where it has failed for long", "10.0.0.1 Unreachable 61; 10.0.0.2", "10.0.0.2")]
    [InlineData("the first, where it is withdrawn", "10.0.0.1 Empty 3; 10.0.0.2", "10.0.0.1")]
    [InlineData("the next, where it has been withdrawn for long", "10.0.0.1 Empty 61; 10.0.0.2", "10.0.0.2")]
    [InlineData("the first that has a list at all, without a usable one", "Absent; 10.0.0.2 Unreachable 300; Empty", "10.0.0.2")]
    public void The_first_usable_source_serves(string which, string states, string servers)
    {
        var chain = SourceTable.Chain(states);
        Assert.Equal(
            (which, servers), (which, string.Join(' ', chain.Serving?.LastGood.Select(server => server.Address.Address.ToString()) ?? [])));
    }
}
