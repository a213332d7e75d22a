using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Bad input: exit code 2, everything that is wrong at once on stderr, one line on how to get help, nothing on stdout.</summary>
public sealed partial class UsageTests
{
    private static readonly string[] Known = ["--name", Pod.Name, "--ip", Pod.Ip, "--app", "off"];

    public static TheoryData<string, string> Mistakes => new()
    {
        { "chekc", "unknown verb or option 'chekc'; did you mean 'check'?" },
        { "help chekc", "did you mean 'check'?" },
        { "--serve", "unknown verb or option '--serve'" },
        { "[suggest]", "[suggest]" },
        { "check --severs 10.0.0.10", "unknown option '--severs'; did you mean '--servers'?" },
        { "check --severs=10.0.0.10", "unknown option '--severs'; did you mean '--servers'?" },
        { "check extra", "unexpected argument 'extra'" },
        { "check check", "unexpected argument 'check'" },
        { "check wait", "unexpected argument 'wait'" },
        { "wait --log-level wait", "--log-level: 'wait'" },
        { "--timeout 1s check", "option '--timeout' must follow the verb: dnsgate check --timeout" },
        { "--timeout=1s probe startup", "option '--timeout' must follow the verb: dnsgate probe --timeout" },
        { "-o json version", "option '-o' must follow the verb: dnsgate version -o" },
        { "probe", "no argument given: startup, ready or live" },
        { "probe sometimes", "'sometimes' is not one of startup, ready, live" },
        { "probe --tiemout 1s startup", "unknown option '--tiemout'; did you mean '--timeout'?" },
        { "probe startup --timeout soon", "--timeout: " },
        { "version -o xml", "xml" },
        { "check --servers", "--servers" },
        { "check --servers @10.0.0.10", "@10.0.0.10" },
        { "check @10.0.0.10", "@10.0.0.10" },
        { "check --servers 10.0.0.10:0", "port '0'" },
        { "check --servers 10.0.0.10:65536", "65536" },
        { "check --servers 10.0.0", "10.0.0" },
        { "check --servers 10.0.0.010", "10.0.0.010" },
        { "check --servers fe80::1%no-interface", "no-interface" },
        { "check --servers [10.0.0.10]:53", "[10.0.0.10]:53" },
        { "check --servers example.com", "example.com" },
        { "check --servers ,", "--servers: empty; leave it out for the default (auto)" },
        { "check --servers kube:kube-system/", "kube:[NAMESPACE/]SERVICE" },
        { "check --servers headless:dns", "fully qualified" },
        { "check --servers headless:10.0.0.10", "this is an address" },
        { "check --servers 10.0.0.10 --external a.example.com", "NAME@SERVER" },
        { "check --servers 10.0.0.10 --external a.example.com@ns.example.com", "ns.example.com" },
        { "check --servers 10.0.0.10 --external a.example.com@authoritative --external-reverse contains", "reverse zone" },
        { "check --servers 10.0.0.10 --require 0", "--require" },
        { "check --servers 10.0.0.10 --require 2", "--require" },
        { "check --servers 10.0.0.10 --require most", "most" },
        { "check --servers 10.0.0.10 --families ipv6", "IPv6" },
        { "check --servers 10.0.0.10 --families both", "IPv6" },
        { "check --servers 10.0.0.10 --reverse maybe", "maybe" },
        { "check --servers 10.0.0.10 --timeout -1s", "-1s" },
        { "check --servers 10.0.0.10 --timeout 5", "5" },
        { "check --servers 10.0.0.10 --timeout 99999999999999999999h", "99999999999999999999h" },
        { "check --servers 10.0.0.10 --interval 1000000h", "longer than a year" },
        { "check --servers 10.0.0.10 --interval 0s", "--interval" },
        { "check --servers 10.0.0.10 --rounds 0", "--rounds" },
        { "check --servers 10.0.0.10 --rounds 1.5", "1.5" },
        { "check --servers 10.0.0.10 -o xml", "xml" },
        { "check --servers 10.0.0.10 -o json -o text", "2 times" },
        { "check --servers 10.0.0.10 --log-level loud", "loud" },
        { "check --servers resolv.conf:/nonexistent/resolv.conf", "/nonexistent/resolv.conf" },
        { "check --servers resolv.conf:/etc", "/etc" },
        { "check --servers resolv.conf:/dev/zero", "/dev/zero" },
        { "check --servers 10.0.0.10 -- true", "--" },
        { "wait --servers 10.0.0.10 --settle soon", "soon" },
        { "run --servers 10.0.0.10", "no command" },
        { "run --servers 10.0.0.10 true", "true" },
        { "run --servers 10.0.0.10 --", "no command" },
        { "explain --servers 10.0.0", "10.0.0" },
        { "version extra", "extra" },
        { "install", "DIR" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_exit_code_2_and_named(string arguments, string named)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = words is ["check" or "wait" or "run" or "explain", ..] ? [words[0], .. Known, .. words[1..]] : words;

        AssertUsage(await Gate.RunAsync(given), named);
    }

    public static TheoryData<string> Names => ["zk-0", "10.244.1.7", "zk 0.zk.svc", "", ".", "..", "a..b.c",
        $"{new string('a', 64)}.zk.svc", string.Join('.', Enumerable.Repeat("abcdefgh", 30)), "zk-0.zk.svc\n", "zk-0.zké.svc", "-"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_that_no_pod_can_have_is_exit_code_2(string name)
    {
        if (name.EndsWith('\n'))
        {
            name += "x";
        }

        AssertUsage(await Gate.RunAsync("check", $"--name={name}", "--ip", Pod.Ip, "--app", "off", "--servers", "10.0.0.10"), "--name");
    }

    [Theory]
    [InlineData("10.244.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("::")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.244.1.7/24")]
    [InlineData("zk-0")]
    public async Task An_address_that_no_pod_can_have_is_exit_code_2(string address) =>
        AssertUsage(await Gate.RunAsync("check", "--name", Pod.Name, "--ip", address, "--app", "off", "--servers", "10.0.0.10"), address);

    [Fact]
    public async Task All_mistakes_are_named_at_once()
    {
        var ended = await Gate.RunAsync("check", "--name", "zk-0", "--ip", "10.244", "--servers",
            "10.0.0", "--reverse", "x", "--timeout", "soon", "--nonsense", "--app", "off");

        AssertUsage(ended, "zk-0");
        Assert.All(
            ["10.244", "10.0.0", "--reverse", "soon", "--nonsense"], word => Assert.Contains(word, ended.Stderr, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mistake_in_a_variable_is_named_as_that_variable()
    {
        Dictionary<string, string> environment =
            new() { ["DNSGATE_SETTLE"] = "soon", ["DNSGATE_IPS"] = "10.244", ["DNSGATE_NAME"] = "zk-0", ["DNSGATE_SERVERS"] = "x" };

        var ended = await Gate.RunAsync(environment, "wait", "--app", "off");

        AssertUsage(ended, "DNSGATE_SETTLE");
        Assert.All(environment.Keys, name => Assert.Contains(name, ended.Stderr, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_name_server_it_is_undecidable()
    {
        using TemporaryDirectory directory = new();
        var empty = directory.Write("resolv.conf", "search cluster.local\n");

        var verdict = await Gate.CheckAsync($"resolv.conf:{empty}");

        verdict.AssertIs(3, "undecidable", "no-servers");
    }

    [Fact]
    public async Task A_pipe_in_place_of_resolv_conf_does_not_hang()
    {
        using TemporaryDirectory directory = new();

        var ended = await Gate.ShellAsync("mkfifo \"$1\" && shift && exec timeout 5 \"$0\" \"$@\"",
            [directory.File("pipe"), .. Gate.Arguments("check", $"resolv.conf:{directory.File("pipe")}", "--timeout", "800ms")]);

        AssertUsage(ended, directory.File("pipe"));
    }

    [Fact]
    public async Task An_argument_of_a_hundred_thousand_characters_is_a_mistake_like_any_other()
    {
        string huge = new([.. Enumerable.Range(0, 100_000).Select(i => (char)('!' + i % 90))]);
        var ended = await Gate.RunAsync([.. Gate.Arguments("check", huge)]);

        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Stdout);
        Assert.EndsWith("Try 'dnsgate check --help'.\n", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_an_argument_do_not_reach_the_terminal()
    {
        var ended = await Gate.RunAsync(Gate.Arguments("check", "\u001b[2Jx\u0007"));

        AssertUsage(ended, "x");
        Assert.DoesNotContain('\u001b', ended.Stderr);
        Assert.DoesNotContain('\u0007', ended.Stderr);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("wait")]
    [InlineData("run")]
    [InlineData("explain")]
    public async Task Help_of_a_verb_shows_every_flag_with_its_variable(string verb)
    {
        var ended = await Gate.RunAsync(verb, "--help");

        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.Stderr);
        var text = Blanks().Replace(ended.Stdout, " ");
        string[] flags = [.. LongFlag().Matches(text).Select(match => match.Value).Distinct().Where(flag => flag != "--help")];
        Assert.All(
            ["--name", "--ip", "--servers", "--app", "--reverse", "--families", "--require", "--settle", "--rounds",
                "--interval", "--query-timeout", "--timeout", "--on-timeout", "--output", "--log-format", "--log-level"],
            flag => Assert.Contains(flag, flags));
        Assert.All(flags, flag =>
            Assert.Contains(flag == "--ip" ? "[DNSGATE_IPS]" : $"[DNSGATE_{flag[2..].Replace('-', '_').ToUpperInvariant()}]", text,
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_value_of_an_unknown_option_is_not_a_mistake_of_its_own()
    {
        var check = await Gate.RunAsync("check", "--severs", "10.0.0.10", "--name", Pod.Name, "--ip", Pod.Ip, "--app", "off");
        var probe = await Gate.RunAsync("probe", "--tiemout", "1s", "startup");

        Assert.Equal(
            "dnsgate check: unknown option '--severs'; did you mean '--servers'?\nTry 'dnsgate check --help'.\n", check.Stderr);
        Assert.Equal(
            "dnsgate probe: unknown option '--tiemout'; did you mean '--timeout'?\nTry 'dnsgate probe --help'.\n", probe.Stderr);
    }

    [Fact]
    public async Task Without_a_verb_the_help_is_printed_and_it_is_no_success()
    {
        var ended = await Gate.RunAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Stdout);
        Assert.Contains("\nVerbs:\n", ended.Stderr, StringComparison.Ordinal);
        Assert.EndsWith("dnsgate: no verb given\nTry 'dnsgate --help'.\n", ended.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("help wait")]
    [InlineData("help probe")]
    public async Task Help_as_a_verb_prints_what_the_flag_prints(string arguments)
    {
        var words = arguments.Split(' ');

        var verb = await Gate.RunAsync(words);
        var flag = await Gate.RunAsync([.. words[1..], "--help"]);

        Assert.Equal((0, "", flag.Stdout), (verb.ExitCode, verb.Stderr, verb.Stdout));
    }

    [Fact]
    public async Task The_version_is_text_or_json()
    {
        var text = await Gate.RunAsync("version");
        var flag = await Gate.RunAsync("--version");
        var json = await Gate.RunAsync("version", "-o", "json");

        Assert.Equal(text.Stdout, flag.Stdout);
        using var parsed = System.Text.Json.JsonDocument.Parse(json.Stdout);
        string Field(string name) => parsed.RootElement.GetProperty(name).GetString()!;
        Assert.Equal(
            $"dnsgate {Field("version")} (commit {Field("commit")}, {Field("runtime")}, {Field("compilation")}, {Field("platform")})\n",
            text.Stdout);
    }

    [Fact]
    public async Task Help_names_every_verb_and_each_has_its_own()
    {
        var ended = await Gate.RunAsync("--help");

        Assert.Equal(0, ended.ExitCode);
        var verbs = VerbLine().Matches(ended.Stdout).Select(line => line.Groups[1].Value).ToList();
        Assert.Equal(["check", "wait", "run", "serve", "explain", "probe", "bound", "install", "version"], verbs);
        foreach (var verb in verbs)
        {
            var own = await Gate.RunAsync(verb, "--help");
            Assert.Equal((verb, 0), (verb, own.ExitCode));
            Assert.Contains($"\n  dnsgate {verb} ", own.Stdout, StringComparison.Ordinal);
        }
    }

    private static void AssertUsage(ProcessResult ended, string named)
    {
        Assert.True(ended.ExitCode == 2, ended.ToString());
        Assert.Empty(ended.Stdout);
        Assert.Contains(named, ended.Stderr, StringComparison.Ordinal);
        var lines = ended.Stderr.TrimEnd('\n').Split('\n');
        Assert.True(HelpLine().IsMatch(lines[^1]), ended.Stderr);
        Assert.Single(lines, line => line.StartsWith("Try ", StringComparison.Ordinal));
        Assert.True(lines.Length < 12 && !ended.Stderr.Contains("Usage:", StringComparison.Ordinal), $"the whole help: {ended.Stderr}");
        Assert.DoesNotContain("Exception", ended.Stderr, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^Try 'dnsgate( [a-z]+)? --help'\.$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^  ([a-z]+) {2}", RegexOptions.Multiline)]
    private static partial Regex VerbLine();

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex LongFlag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
