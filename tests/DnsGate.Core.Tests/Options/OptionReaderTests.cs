using System.Collections.Immutable;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Options;

public sealed class OptionReaderTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    /// <summary>Every option that is read: what a flag and the environment say, and what holds without either.</summary>
    [Theory]
    [InlineData("--name", "a.example", "b.example", null)]
    [InlineData("--ip", "10.1.1.1", "10.2.2.2", null)]
    [InlineData("--servers", "10.0.0.1:53", "10.0.0.2:53", "auto")]
    [InlineData("--app", "off", "resolv.conf:/x", "resolv.conf")]
    [InlineData("--reverse", "only", "off", "contains")]
    [InlineData("--families", "ipv4", "both", "auto")]
    [InlineData("--require", "majority", "2", "all")]
    [InlineData("--coverage", "complete", "any", "any")]
    [InlineData("--interception-check", "off", "on", "on")]
    [InlineData("--also", "zk-headless", "zk.example.com.", null)]
    [InlineData("--peers", "replicas:3", "env:ZOO_SERVERS", null)]
    [InlineData("--peers-require", "all", "2", "majority")]
    [InlineData("--peers-timeout", "10s", "2m", "1m")]
    [InlineData("--on-peers-timeout", "fail", "open", "open")]
    [InlineData("--settle", "7s", "9s", "5s")]
    [InlineData("--rounds", "5", "7", "3")]
    [InlineData("--interval", "2s", "250ms", "1s")]
    [InlineData("--query-timeout", "1s", "300ms", "500ms")]
    [InlineData("--timeout", "30s", "none", "10m")]
    [InlineData("--on-timeout", "open", "fail", "fail")]
    [InlineData("--listen", "127.0.0.1:9000", "[::1]:9001", ":9553")]
    [InlineData("--watch-interval", "10s", "2m", "1m")]
    [InlineData("--state", "/run/a", "off", "/dev/shm/dnsgate.open")]
    [InlineData("--output", "json", "none", null)]
    [InlineData("--log-format", "json", "text", "text")]
    [InlineData("--log-level", "debug", "error", "info")]
    public void A_flag_wins_over_the_environment_and_that_over_the_default(
        string flag, string byFlag, string byEnvironment, string? byDefault)
    {
        var setting = SettingOf(flag);
        Assert.Equal(byDefault, Read(setting, null, null));
        Assert.Equal(byEnvironment, Read(setting, null, byEnvironment));
        Assert.Equal(byFlag, Read(setting, byFlag, byEnvironment));
        Assert.Equal(byFlag, Read(setting, byFlag, null));
    }

    [Fact]
    public void The_table_above_is_complete() =>
        Assert.Equal(
            OptionTable.All.Except([OptionTable.External, OptionTable.ExternalReverse]).Select(setting => setting.Flag).Order(),
            typeof(OptionReaderTests).GetMethod(nameof(A_flag_wins_over_the_environment_and_that_over_the_default))!
                .GetCustomAttributes(typeof(InlineDataAttribute), false)
                .Cast<InlineDataAttribute>()
                .Select(row => (string)row.Data[0]!)
                .Order());

    [Fact]
    public void Every_flag_has_a_variable_of_its_own()
    {
        Assert.All(OptionTable.All, setting => Assert.StartsWith("DNSGATE_", setting.Environment, StringComparison.Ordinal));
        Assert.Equal(OptionTable.All.Length, OptionTable.All.Select(setting => setting.Environment).Distinct().Count());
        Assert.Equal(("DNSGATE_IPS", "DNSGATE_QUERY_TIMEOUT"), (OptionTable.Ip.Environment, OptionTable.QueryTimeout.Environment));
    }

    [Theory]
    [InlineData("--name", "zk-0")]
    [InlineData("--name", "10.244.1.7")]
    [InlineData("--name", "a..b")]
    [InlineData("--ip", "10.1")]
    [InlineData("--ip", "010.0.0.1")]
    [InlineData("--ip", "0.0.0.0")]
    [InlineData("--ip", "fe80::1%eth0")]
    [InlineData("--servers", "ns.example.com")]
    [InlineData("--servers", "10.0.0.1:0")]
    [InlineData("--servers", "kube:Kube")]
    [InlineData("--servers", "headless:dns")]
    [InlineData("--servers", "resolv.conf:")]
    [InlineData("--app", "10.0.0.1")]
    [InlineData("--app", "OFF")]
    [InlineData("--reverse", "maybe")]
    [InlineData("--reverse", "1")]
    [InlineData("--families", "ipv5")]
    [InlineData("--coverage", "most")]
    [InlineData("--interception-check", "true")]
    [InlineData("--require", "0")]
    [InlineData("--require", "-1")]
    [InlineData("--require", "most")]
    [InlineData("--require", "99999999999")]
    [InlineData("--settle", "5")]
    [InlineData("--state", "dnsgate.open")]
    [InlineData("--state", "OFF")]
    [InlineData("--rounds", "0")]
    [InlineData("--rounds", "1.5")]
    [InlineData("--rounds", "1000001")]
    [InlineData("--interval", "0")]
    [InlineData("--interval", "0s")]
    [InlineData("--query-timeout", "0")]
    [InlineData("--query-timeout", "-1s")]
    [InlineData("--timeout", "forever")]
    [InlineData("--on-timeout", "explode")]
    [InlineData("--listen", "9553")]
    [InlineData("--listen", ":0")]
    [InlineData("--listen", ":65536")]
    [InlineData("--listen", "localhost:9553")]
    [InlineData("--listen", "::1:9553")]
    [InlineData("--listen", "[127.0.0.1]:9553")]
    [InlineData("--listen", "[]:9553")]
    [InlineData("--listen", "[:9553")]
    [InlineData("--listen", "224.0.0.1:9553")]
    [InlineData("--listen", "[ff02::1]:9553")]
    [InlineData("--watch-interval", "10ms")]
    [InlineData("--watch-interval", "never")]
    [InlineData("--output", "xml")]
    [InlineData("--log-format", "logfmt")]
    [InlineData("--log-level", "trace")]
    public void A_bad_value_gives_one_problem_that_names_the_flag_or_the_variable(string flag, string value)
    {
        var setting = SettingOf(flag);
        var byFlag = Assert.Single(ProblemsOf(new() { [setting] = value }, []));
        Assert.StartsWith($"{setting.Flag}: ", byFlag, StringComparison.Ordinal);
        var byEnvironment = Assert.Single(ProblemsOf([], new() { [setting.Environment] = value }));
        Assert.StartsWith($"{setting.Environment}: ", byEnvironment, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_said_at_once()
    {
        var bad = OptionTable.All.ToDictionary(setting => setting, _ => "?!");
        var problems = ProblemsOf(bad, []);
        Assert.All(OptionTable.All, setting =>
            Assert.Single(problems, problem => problem.StartsWith($"{setting.Flag}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_bad_value_of_a_list_is_a_problem() =>
        Assert.Equal(2, ProblemsOf(new() { [OptionTable.Ip] = "10.1 10.0.0.1,banana" }, []).Count);

    [Fact]
    public void A_flag_of_one_value_that_is_given_twice_is_a_problem()
    {
        foreach (var setting in OptionTable.All.Where(setting =>
            !setting.IsList && setting != OptionTable.External && setting != OptionTable.ExternalReverse))
        {
            var value = setting == OptionTable.Name ? "a.example" : setting == OptionTable.App ? "off" : "3";
            var reader = new OptionReader(
                new Dictionary<OptionDefinition, IReadOnlyList<string>> { [setting] = [value, value] }, _ => null);
            ReadAll(reader);
            Assert.Contains("given 2 times", Assert.Single(reader.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_list_may_be_repeated_and_separated_by_commas_or_blanks()
    {
        var reader = new OptionReader(
            new Dictionary<OptionDefinition, IReadOnlyList<string>>
            {
                [OptionTable.Servers] = ["10.0.0.1,10.0.0.2", "[fd00::1]:5353\t10.0.0.1:53"],
            },
            _ => null);
        var spec = reader.Read(TenMinutes);
        Assert.Empty(reader.Problems);
        Assert.Equal(3, spec.Servers.Length);
        var addresses = new OptionReader(
            new Dictionary<OptionDefinition, IReadOnlyList<string>> { [OptionTable.Ip] = ["10.0.0.1", "fd00::1 10.0.0.1"] },
            _ => null).ReadAddresses();
        Assert.Equal("10.0.0.1 fd00::1", string.Join(' ', addresses!.Value.Addresses));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\n")]
    public void An_empty_variable_is_not_set(string value)
    {
        Assert.All(OptionTable.All, setting => Assert.Equal(Read(setting, null, null), Read(setting, null, value)));
        Assert.Empty(ProblemsOf([], OptionTable.All.ToDictionary(setting => setting.Environment, _ => value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    public void An_empty_flag_is_a_problem_whatever_else_is_wrong(string value)
    {
        Assert.All(OptionTable.All, setting => Assert.Single(ProblemsOf(new() { [setting] = value }, [])));
        var problems = ProblemsOf(OptionTable.All.ToDictionary(setting => setting, _ => value), []);
        Assert.All(OptionTable.All, setting =>
            Assert.Single(problems, problem => problem.StartsWith($"{setting.Flag}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Blanks_around_a_value_do_not_matter() => Assert.Equal("7s", Read(OptionTable.Settle, null, " 7s\n"));

    [Theory]
    [InlineData("TEXT")]
    [InlineData("Json")]
    public void Words_may_be_written_in_any_case(string value) =>
        Assert.Equal(value.ToLowerInvariant(), Read(OptionTable.Output, value, null));

    [Fact]
    public void More_servers_required_than_named_is_a_contradiction()
    {
        var problem = Assert.Single(ProblemsOf(new() { [OptionTable.Servers] = "10.0.0.1 10.0.0.2", [OptionTable.Require] = "3" }, []));
        Assert.Contains("--require", problem, StringComparison.Ordinal);
        Assert.Contains("--servers", problem, StringComparison.Ordinal);
        Assert.Empty(ProblemsOf(new() { [OptionTable.Servers] = "10.0.0.1 10.0.0.2", [OptionTable.Require] = "2" }, []));
        Assert.Empty(ProblemsOf(new() { [OptionTable.Servers] = "10.0.0.1 resolv.conf", [OptionTable.Require] = "3" }, []));
        Assert.Contains(
            "DNSGATE_REQUIRE",
            Assert.Single(ProblemsOf(new() { [OptionTable.Servers] = "10.0.0.1,10.0.0.1:53" }, new() { ["DNSGATE_REQUIRE"] = "2" })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void External_views_are_separated_by_blanks_and_their_servers_by_commas()
    {
        Assert.StartsWith(
            "--external: ", Assert.Single(ProblemsOf(new() { [OptionTable.External] = "a@b" }, [])), StringComparison.Ordinal);
        Assert.StartsWith("DNSGATE_EXTERNAL_REVERSE: ",
            Assert.Single(ProblemsOf([], new() { ["DNSGATE_EXTERNAL_REVERSE"] = "no" })), StringComparison.Ordinal);
        var reader = new OptionReader(
            new Dictionary<OptionDefinition, IReadOnlyList<string>>(),
            name => name == "DNSGATE_EXTERNAL"
                ? "{pod}.example.com@10.0.0.2,10.0.0.1:5353 a.example.org@authoritative {pod}.example.com@10.0.0.1:5353,10.0.0.2"
                : null);
        Assert.Equal(
            ["{pod}.example.com@10.0.0.1:5353,10.0.0.2:53", "a.example.org@authoritative"],
            reader.Read(TimeSpan.Zero).External.Select(view => view.ToString()));
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void The_servers_of_a_zone_are_not_asked_for_reverse_names() => Assert.Contains(
        "reverse zone",
        Assert.Single(
            ProblemsOf(new() { [OptionTable.External] = "a.example.com@authoritative", [OptionTable.ExternalReverse] = "contains" }, [])),
        StringComparison.Ordinal);

    [Fact]
    public void A_time_limit_of_zero_is_one_round_and_none_is_for_ever()
    {
        Assert.Equal("0", Read(OptionTable.Timeout, "0", null));
        Assert.True(new TimeLimit(TimeSpan.Zero).IsOneRound);
        Assert.False(default(TimeLimit).IsOneRound);
        Assert.Equal("none", Read(OptionTable.Timeout, "none", null));
    }

    [Fact]
    public void The_reader_says_where_the_identity_was_given_and_whether_wrongly()
    {
        var reader = new OptionReader(ImmutableDictionary<OptionDefinition, IReadOnlyList<string>>.Empty, name =>
            name switch { "DNSGATE_NAME" => "a.example", "DNSGATE_IPS" => "10.0.0.1", _ => null });
        Assert.Equal(
            ("DNSGATE_NAME", "DNSGATE_IPS", false),
            (reader.ReadName()!.Value.Source, reader.ReadAddresses()!.Value.Source, reader.SaysIdentityWrongly));
        var wrong = new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>> { [OptionTable.Ip] = ["banana"] }, _ => null);
        Assert.Null(wrong.ReadAddresses());
        Assert.True(wrong.SaysIdentityWrongly);
    }

    /// <summary>Every option, with a value that is not its default, and whether the state file counts only for the same value.</summary>
    public static TheoryData<string, string, bool> Deciding => new()
    {
        { "--name", "a.example", true },
        { "--ip", "10.1.1.1", true },
        { "--servers", "10.0.0.1:5353", true },
        { "--app", "off", true },
        { "--external", "a.example.com@10.0.0.2", true },
        { "--external-reverse", "only", true },
        { "--reverse", "only", true },
        { "--families", "ipv4", true },
        { "--require", "majority", true },
        { "--coverage", "complete", true },
        { "--interception-check", "off", true },
        { "--also", "zk-headless", true },
        { "--peers", "replicas:3", true },
        { "--peers-require", "all", true },
        { "--peers-timeout", "10s", true },
        { "--on-peers-timeout", "fail", true },
        { "--settle", "7s", true },
        { "--rounds", "5", true },
        { "--query-timeout", "1s", true },
        { "--interval", "2s", false },
        { "--timeout", "30s", false },
        { "--on-timeout", "open", false },
        { "--listen", ":9000", false },
        { "--watch-interval", "10s", false },
        { "--state", "/run/a", false },
        { "--output", "json", false },
        { "--log-format", "json", false },
        { "--log-level", "debug", false },
    };

    [Theory]
    [MemberData(nameof(Deciding))]
    public void The_digest_differs_with_each_option_that_decides_and_with_no_other(string flag, string value, bool decides)
    {
        var setting = SettingOf(flag);
        Assert.Equal(decides, DigestOf([]) != DigestOf(new() { [setting] = [value] }));
        Assert.Equal(DigestOf(new() { [setting] = [value] }), DigestOf([], setting, value));
        Assert.Equal(decides, setting.Decides);
    }

    [Fact]
    public void The_table_of_deciding_options_is_complete() =>
        Assert.Equal(OptionTable.All.Select(setting => setting.Flag).Order(), Deciding.Select(row => row.Data.Item1).Order());

    [Fact]
    public void The_digest_is_that_of_the_values_however_they_are_given()
    {
        Assert.Equal(DigestOf([]), DigestOf(new() { [OptionTable.Settle] = ["5s"], [OptionTable.Servers] = ["auto"] }));
        Assert.Equal(
            DigestOf(new() { [OptionTable.Servers] = ["10.0.0.1", "10.0.0.2"] }), DigestOf([], OptionTable.Servers, " 10.0.0.1,10.0.0.2 "));
        Assert.NotEqual(DigestOf(new() { [OptionTable.Reverse] = ["only"] }), DigestOf(new() { [OptionTable.ExternalReverse] = ["only"] }));
        Assert.NotEqual(
            DigestOf(new() { [OptionTable.Servers] = ["10.0.0.1"] }), DigestOf(new() { [OptionTable.Servers] = ["10.0.0.1", "10.0.0.2"] }));
    }

    private static string DigestOf(
        Dictionary<OptionDefinition, IReadOnlyList<string>> flags, OptionDefinition? variable = null, string value = "") =>
        new OptionReader(flags, name => name == variable?.Environment ? value : null).Digest();

    private static OptionDefinition SettingOf(string flag) => OptionTable.All.Single(setting => setting.Flag == flag);

    private static string? Read(OptionDefinition setting, string? flag, string? environment)
    {
        var flags = new Dictionary<OptionDefinition, IReadOnlyList<string>>();
        if (flag is not null)
        {
            flags[setting] = [flag];
        }

        var reader = new OptionReader(flags, name => name == setting.Environment ? environment : null);
        return Show(reader, setting);
    }

    private static IReadOnlyList<string> ProblemsOf(Dictionary<OptionDefinition, string> flags, Dictionary<string, string> environment)
    {
        var reader = new OptionReader(
            flags.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value]), name => environment.GetValueOrDefault(name));
        ReadAll(reader);
        return reader.Problems;
    }

    private static void ReadAll(OptionReader reader)
    {
        reader.Read(TenMinutes);
        reader.ReadName();
        reader.ReadAddresses();
    }

    /// <summary>One setting of a specification, the way it is written.</summary>
    private static string? Show(OptionReader reader, OptionDefinition setting)
    {
        var spec = reader.Read(TenMinutes);
        return setting.Flag switch
        {
            "--name" => reader.ReadName()?.Name.ToString(),
            "--ip" => reader.ReadAddresses() is { } given ? string.Join(' ', given.Addresses) : null,
            "--servers" => string.Join(
                ' ', spec.Servers.Select(source => source is ServerSource.Static named ? named.Address.ToString() : source.ToString())),
            "--app" => spec.App?.ToString() ?? "off",
            "--reverse" => spec.Reverse.ToString().ToLowerInvariant(),
            "--families" => spec.Families.ToString().ToLowerInvariant(),
            "--require" => spec.Require.ToString(),
            "--coverage" => spec.Coverage.ToString().ToLowerInvariant(),
            "--interception-check" => spec.InterceptionCheck ? "on" : "off",
            "--also" => spec.Also.IsEmpty ? null : string.Join(',', spec.Also),
            "--peers" => spec.Peers.IsEmpty ? null : string.Join(',', spec.Peers),
            "--peers-require" => spec.PeersRequire.ToString(),
            "--peers-timeout" => Duration.Format(spec.PeersTimeout),
            "--on-peers-timeout" => spec.OnPeersTimeout.ToString().ToLowerInvariant(),
            "--settle" => Duration.Format(spec.Rule.Settle),
            "--rounds" => spec.Rule.Rounds.ToString(),
            "--interval" => Duration.Format(spec.Interval),
            "--query-timeout" => Duration.Format(spec.QueryTimeout),
            "--timeout" => spec.Timeout.Limit is { } limit ? Duration.Format(limit) : "none",
            "--on-timeout" => spec.OnTimeout.ToString().ToLowerInvariant(),
            "--listen" => spec.Listen.ToString(),
            "--watch-interval" => spec.WatchInterval is { } pace ? Duration.Format(pace) : "0",
            "--state" => spec.State ?? "off",
            "--output" => spec.Output?.ToString().ToLowerInvariant(),
            "--log-format" => spec.LogFormat.ToString().ToLowerInvariant(),
            "--log-level" => spec.LogLevel.ToString().ToLowerInvariant(),
            _ => null,
        };
    }
}
