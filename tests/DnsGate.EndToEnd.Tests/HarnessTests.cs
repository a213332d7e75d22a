namespace DnsGate.EndToEnd.Tests;

/// <summary>What every child process of the tests is started with.</summary>
public sealed class HarnessTests
{
    [Fact]
    public async Task The_interception_check_is_off_in_every_child()
    {
        var ended = await Child.RunAsync("/usr/bin/env", []);
        Assert.Contains("DNSGATE_INTERCEPTION_CHECK=off\n", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_network_of_a_pod_has_no_route_to_the_address_that_is_asked()
    {
        await using var network = await Namespace.StartAsync(["10.244.1.7"]);
        var ended = await network.RunAsync("ip", "route", "get", "192.0.2.1");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("unreachable", ended.Stderr, StringComparison.OrdinalIgnoreCase);
    }
}
