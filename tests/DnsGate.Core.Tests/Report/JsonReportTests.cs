using System.Text.Json;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

public sealed class JsonReportTests
{
    [Fact]
    public void Every_field_of_version_1_is_there()
    {
        var root = Parse(SnapshotBuilder.By(Fixtures.Cluster(2), "right", "A 10.244.2.9 ttl 12") with
        {
            Time = new DateTimeOffset(2026, 11, 22, 13, 3, 7, 45, TimeSpan.FromHours(1)),
        });
        Assert.Equal(
            [
                "version", "state", "reason", "summary", "exitCode", "time", "name", "addresses", "coverage", "settled",
                "agreeingRounds", "drifting", "resumed", "servers", "remedies", "diagnoses", "sources", "notes",
            ],
            root.EnumerateObject().Select(field => field.Name));
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        Assert.Equal("closed", root.GetProperty("state").GetString());
        Assert.Equal("stale-address", root.GetProperty("reason").GetString());
        Assert.Equal("closed: 1 of 2 DNS servers disagrees: stale-address at 10.244.0.2:53", root.GetProperty("summary").GetString());
        Assert.Equal(1, root.GetProperty("exitCode").GetInt32());
        Assert.Equal("2026-11-22T12:03:07.045Z", root.GetProperty("time").GetString());
        Assert.Equal(
            ["stale-address: the server returns none of the expected addresses, usually an old one; "
                + "wait: it normally clears within the TTL of the record (`dnsgate explain` shows it)"],
            root.GetProperty("remedies").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("zk-0.zk-headless.prod.svc.cluster.local", root.GetProperty("name").GetString());
        Assert.Equal(["10.244.1.7"], root.GetProperty("addresses").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("static", root.GetProperty("coverage").GetString());
        Assert.False(root.GetProperty("settled").GetBoolean());
        Assert.Equal(0, root.GetProperty("agreeingRounds").GetInt32());
        Assert.Empty(root.GetProperty("diagnoses").EnumerateArray());

        var server = root.GetProperty("servers")[1];
        Assert.Equal(
            ["server", "view", "source", "required", "standing", "agrees", "reason", "detail", "observations"],
            server.EnumerateObject().Select(field => field.Name));
        Assert.Equal("10.244.0.2:53", server.GetProperty("server").GetString());
        Assert.Equal("cluster", server.GetProperty("view").GetString());
        Assert.Equal("static", server.GetProperty("source").GetString());
        Assert.True(server.GetProperty("required").GetBoolean());
        Assert.False(server.GetProperty("agrees").GetBoolean());
        Assert.Equal("stale-address", server.GetProperty("reason").GetString());

        var observation = server.GetProperty("observations")[0];
        Assert.Equal(
            ["question", "partition", "outcome", "records", "ttl", "rttMs"], observation.EnumerateObject().Select(field => field.Name));
        Assert.Equal("A zk-0.zk-headless.prod.svc.cluster.local", observation.GetProperty("question").GetString());
        Assert.Equal("cd", observation.GetProperty("partition").GetString());
        Assert.Equal("records", observation.GetProperty("outcome").GetString());
        Assert.Equal(["10.244.2.9"], observation.GetProperty("records").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal((12, 0.4), (observation.GetProperty("ttl").GetInt32(), observation.GetProperty("rttMs").GetDouble()));
    }

    [Theory]
    [InlineData("10.244.2.9", "records")]
    [InlineData("NODATA", "nodata")]
    [InlineData("NXDOMAIN", "nxdomain")]
    [InlineData("SERVFAIL", "servfail")]
    [InlineData("REFUSED", "refused")]
    [InlineData("NOTIMP", "error")]
    [InlineData("FORMERR", "error")]
    [InlineData("RCODE9", "error")]
    [InlineData("GARBAGE", "malformed")]
    [InlineData("SILENCE", "timed-out")]
    [InlineData("UNREACHABLE", "unreachable")]
    public void The_outcomes_are_a_closed_set(string told, string outcome)
    {
        var root = Parse(SnapshotBuilder.By(Fixtures.Cluster(1), $"A {told}"));
        Assert.Equal(outcome, root.GetProperty("servers")[0].GetProperty("observations")[0].GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("right", "open", "agrees", true, 1)]
    [InlineData("all NXDOMAIN", "closed", "name-missing", false, 0)]
    [InlineData("all SILENCE", "undecidable", "timed-out", false, 0)]
    public void State_reason_and_settled(string told, string state, string reason, bool settled, int rounds)
    {
        var root = Parse(SnapshotBuilder.By(Fixtures.Cluster(2), told, told));
        Assert.Equal(
            (state, reason, settled, rounds),
            (root.GetProperty("state").GetString(), root.GetProperty("reason").GetString(),
                root.GetProperty("settled").GetBoolean(), root.GetProperty("agreeingRounds").GetInt32()));
    }

    [Fact]
    public void A_gate_that_was_open_before_a_restart_is_open_settled_and_resumed()
    {
        var root = Parse(GateSnapshot.Resumed(PageScenes.Identity, TimeSpan.FromHours(1)));
        Assert.Equal(
            ("open", "agrees", true, true),
            (root.GetProperty("state").GetString(), root.GetProperty("reason").GetString(),
                root.GetProperty("settled").GetBoolean(), root.GetProperty("resumed").GetBoolean()));
        Assert.False(Parse(SnapshotBuilder.By(Fixtures.Cluster(1), "right")).GetProperty("resumed").GetBoolean());
    }

    [Theory]
    [InlineData("right", 0, "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at the only DNS server", 0)]
    [InlineData("all NXDOMAIN", 1, "closed: the only DNS server disagrees: name-missing at 10.244.0.1:53", 1)]
    [InlineData("all SILENCE", 3, "undecidable: the only DNS server does not answer: timed-out at 10.244.0.1:53", 1)]
    public void Summary_and_exit_code_are_those_of_the_text_and_the_command(string told, int exitCode, string summary, int remedies)
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(1), told);
        var root = Parse(snapshot);
        Assert.Equal(
            (exitCode, summary, remedies),
            (root.GetProperty("exitCode").GetInt32(), root.GetProperty("summary").GetString(),
                root.GetProperty("remedies").GetArrayLength()));
        Assert.Equal(TextReport.Advice(snapshot), root.GetProperty("remedies").EnumerateArray().Select(item => item.GetString()!));
    }

    [Fact]
    public void The_time_is_absent_where_it_is_not_known() =>
        Assert.False(Parse(SnapshotBuilder.By(Fixtures.Cluster(1), "right")).TryGetProperty("time", out _));

    [Fact]
    public void A_gate_that_is_switched_off_says_why()
    {
        var root = Parse(GateSnapshot.Disabled("incident\u001b42"));
        Assert.Equal("disabled", root.GetProperty("state").GetString());
        Assert.Equal("disabled", root.GetProperty("reason").GetString());
        Assert.Equal(@"incident\02742", root.GetProperty("disabled").GetString());
        Assert.Empty(root.GetProperty("servers").EnumerateArray());
    }

    [Fact]
    public void Every_server_reached_is_there_in_the_order_of_views_and_addresses()
    {
        var root = Parse(
            SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()), question => FakeAnswers.By("right").To(question)));
        Assert.Equal(
            ["cluster 10.244.0.1:53", "cluster 10.244.0.2:53", "app 10.96.0.10:53"],
            root.GetProperty("servers")
                .EnumerateArray()
                .Select(server => $"{server.GetProperty("view").GetString()} {server.GetProperty("server").GetString()}"));
        Assert.Equal(
            ["cd", "cd", "cd", "plain", "plain", "plain"],
            root.GetProperty("servers")[0]
                .GetProperty("observations")
                .EnumerateArray()
                .Select(observation => observation.GetProperty("partition").GetString()));
    }

    [Fact]
    public void A_server_that_need_not_agree_is_not_required()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        var root = Parse(SnapshotBuilder.By(view, "right", "A 10.244.2.9"));
        Assert.Equal("open", root.GetProperty("state").GetString());
        Assert.False(root.GetProperty("servers")[1].GetProperty("required").GetBoolean());
    }

    [Fact]
    public void A_diagnosis_has_a_name_a_meaning_and_a_remedy()
    {
        var view = Fixtures.Cluster(2);
        var diagnoses = Diagnoses.Find(Fixtures.Round(view, "all NXDOMAIN", "all NXDOMAIN"), new Evidence(Diagnoses.ForLong));
        var diagnosis = Assert.Single(Parse(SnapshotBuilder.By(view, "all NXDOMAIN", "all NXDOMAIN") with { Diagnoses = diagnoses })
            .GetProperty("diagnoses")
            .EnumerateArray());
        Assert.Equal("name-not-published", diagnosis.GetProperty("name").GetString());
        Assert.True(diagnosis.GetProperty("meaning").GetString()!.Length > 0 && diagnosis.GetProperty("remedy").GetString()!.Length > 0);
    }

    [Fact]
    public void A_hostile_name_prints_as_DDD_and_the_object_is_one_line()
    {
        var json = JsonReport.Render(SnapshotBuilder.Hostile());
        Assert.All(json, character => Assert.InRange(character, ' ', '~'));
        using var document = JsonDocument.Parse(json);
        var server = document.RootElement.GetProperty("servers")[1];
        var pointer = server.GetProperty("observations")
            .EnumerateArray()
            .Single(item => item.GetProperty("question").GetString()!.StartsWith("PTR ", StringComparison.Ordinal)
                && item.GetProperty("partition").GetString() == "cd");
        Assert.Equal(@"\027[2J\""'\010\013\000\127\255<\032\..com", pointer.GetProperty("records")[0].GetString());
        Assert.Contains(@"\027[2J", server.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_broken_and_which_code_an_error_had_is_there()
    {
        var root = Parse(SnapshotBuilder.By(Fixtures.Cluster(2), "all GARBAGE", "all NOTIMP"));
        Assert.Equal(
            "answer record 1: data leaves the message",
            root.GetProperty("servers")[0].GetProperty("observations")[0].GetProperty("problem").GetString());
        Assert.Equal("NOTIMP", root.GetProperty("servers")[1].GetProperty("observations")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(Coverage.None, "none")]
    [InlineData(Coverage.Intercepted, "intercepted")]
    [InlineData(Coverage.Sampled, "sampled")]
    [InlineData(Coverage.NodeService, "node-service")]
    [InlineData(Coverage.Static, "static")]
    [InlineData(Coverage.Complete, "complete")]
    internal void Coverage_is_named(Coverage coverage, string name) =>
        Assert.Equal(name,
            Parse(SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1)) with { Coverage = coverage }, FakeAnswers.By("right").To))
                .GetProperty("coverage")
                .GetString());

    [Fact]
    public void A_server_of_the_API_has_its_pod_and_node_and_any_other_has_neither()
    {
        var view = Fixtures.Cluster(3);
        var root = Parse(SnapshotBuilder.By(
            view with
            {
                Servers =
                [
                    view.Servers[0] with { Endpoint = new KubeEndpoint("coredns-7c65d-abcde", "node-3", HasHints: false) },
                    view.Servers[1] with { Endpoint = new KubeEndpoint(null, null, HasHints: false) },
                    view.Servers[2],
                ],
            },
            "right", "right", "right"));
        var servers = root.GetProperty("servers");
        Assert.Equal(
            ("coredns-7c65d-abcde", "node-3"),
            (servers[0].GetProperty("pod").GetString(), servers[0].GetProperty("node").GetString()));
        Assert.All(
            [servers[1], servers[2]], server => Assert.False(server.TryGetProperty("pod", out _) || server.TryGetProperty("node", out _)));
    }

    private static JsonElement Parse(GateSnapshot snapshot)
    {
        using var document = JsonDocument.Parse(JsonReport.Render(snapshot));
        return document.RootElement.Clone();
    }
}
