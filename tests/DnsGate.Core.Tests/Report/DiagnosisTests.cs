using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Tests.Judge;

namespace DnsGate.Core.Tests.Report;

public sealed class DiagnosisTests
{
    [Theory]
    [InlineData("17: NXDOMAIN everywhere for a minute", "all NXDOMAIN | all NXDOMAIN", 60, "name-not-published")]
    [InlineData("17: for long is half a minute", "all NXDOMAIN | all NXDOMAIN", 30, "name-not-published")]
    [InlineData("17: not yet", "all NXDOMAIN | all NXDOMAIN", 29.9, "")]
    [InlineData("17: not everywhere", "all NXDOMAIN | right", 60, "")]
    [InlineData("17: one old, one missing", "all NXDOMAIN | A 10.244.2.9", 60, "")]
    [InlineData("the reverse zone is not served at every server", "PTR NXDOMAIN | PTR NXDOMAIN ra", 60, "reverse-not-served")]
    [InlineData("the reverse zone is not served at one server", "PTR NXDOMAIN | right", 60, "")]
    [InlineData("the PTR of another pod is no missing zone", "PTR zk-1.example | PTR zk-1.example", 60, "")]
    [InlineData("nothing is wrong", "right | right", 60, "")]
    [InlineData("nobody answers", "all SILENCE | all SILENCE", 60, "")]
    public void What_all_servers_together_mean(string sentence, string told, double seconds, string diagnosis)
    {
        var diagnoses = Diagnoses.Of(Given.Round(Given.Cluster(2), told.Split('|')), TimeSpan.FromSeconds(seconds));
        Assert.Equal((sentence, diagnosis), (sentence, string.Join(' ', diagnoses.Select(item => item.Name))));
    }

    [Fact]
    public void NXDOMAIN_everywhere_names_all_three_causes()
    {
        var remedy = Diagnoses.Of(Given.Round(Given.Cluster(1), "all NXDOMAIN"), Diagnoses.ForLong)[0].Remedy;
        Assert.All(["publishNotReadyAddresses", "headless", "serviceName"], word => Assert.Contains(word, remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_that_need_not_agree_are_not_asked_for_their_opinion()
    {
        var view = Given.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Standing = Standing.Terminating }] };
        Assert.Single(Diagnoses.Of(Given.Round(view, "all NXDOMAIN", "right"), Diagnoses.ForLong));
    }

    [Fact]
    public void No_server_is_no_diagnosis() => Assert.Empty(Diagnoses.Of(Given.Round(Given.Cluster(0)), TimeSpan.FromHours(1)));
}
