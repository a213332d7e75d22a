using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>DNSGATE_DISABLED: skips the waiting, never the command.</summary>
public sealed class DisabledTests
{
    private static Dictionary<string, string> With(string value) => new() { ["DNSGATE_DISABLED"] = value };

    [Theory]
    [InlineData("check")]
    [InlineData("wait")]
    public async Task Check_and_wait_open_at_once_and_say_so_even_where_the_name_is_unknown(string verb)
    {
        var text = await Gate.RunAsync(With("incident 42"), verb);
        Verdict json = new(await Gate.RunAsync(With("incident 42"), verb, "-o", "json"));

        Assert.Equal(0, text.ExitCode);
        Assert.StartsWith("disabled: DNSGATE_DISABLED=incident 42", text.Stdout, StringComparison.Ordinal);
        json.AssertIs(0, "disabled", "disabled");
    }

    [Fact]
    public async Task Run_still_becomes_the_command()
    {
        var ended = await Gate.RunAsync(With("1"), "run", "--", "sh", "-c", "echo started; exit 7");

        Assert.Equal((7, "started\n"), (ended.ExitCode, ended.Stdout));
        Assert.Contains("disabled", ended.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("False")]
    [InlineData("no")]
    [InlineData("NO")]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Values_that_say_no_disable_nothing(string value)
    {
        await using NameServers servers = new(Pod.Stale);

        var ended = await Gate.RunAsync(With(value), Gate.Arguments("check", servers.List));

        Assert.Equal(1, ended.ExitCode);
    }

    [Fact]
    public async Task Nobody_is_asked()
    {
        await using NameServers servers = new(Pod.Stale);

        var ended = await Gate.RunAsync(With("yes"), Gate.Arguments("wait", servers.List));

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(0, servers[0].QueryCount);
    }

    [Fact]
    public async Task An_unknown_flag_is_a_mistake_all_the_same()
    {
        var ended = await Gate.RunAsync(With("yes"), "wait", "--nonsense");

        Assert.Equal(2, ended.ExitCode);
    }

    [Fact]
    public async Task Explain_asks_all_the_same_and_says_that_it_is_disabled()
    {
        await using NameServers servers = new(Pod.Stale);

        var ended = await Gate.RunAsync(With("why not"), Gate.Arguments("explain", servers.List));

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("DNSGATE_DISABLED=why not", ended.Stdout, StringComparison.Ordinal);
    }
}
