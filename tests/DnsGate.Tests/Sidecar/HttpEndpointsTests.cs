using System.Net;
using DnsGate.Core.Model;
using DnsGate.Sidecar;
using DnsGate.TestKit;

namespace DnsGate.Tests.Sidecar;

/// <summary>What is answered, from what the loop has told and how long ago.</summary>
public sealed class HttpEndpointsTests
{
    private readonly ManualTime time = new();
    private LatestSnapshot latest;
    private HttpEndpoints site;

    public HttpEndpointsTests()
    {
        latest = new LatestSnapshot(Starting, time);
        site = new HttpEndpoints(latest, servers => servers ? "# all\n" : "# few\n", "1.2.3");
    }

    private static GateSnapshot Starting => GateSnapshot.Starting(new(Questions.Name, "--name", [IPAddress.Parse(Questions.Ip)], "--ip"));

    /// <summary>Rows: what happened, then the HTTP status and the header of /startupz, /readyz and /livez.</summary>
    [Theory]
    [InlineData("started", "503 undecidable", "503 undecidable", "200 live")]
    [InlineData("started, 11s", "503 undecidable", "503 undecidable", "503 not-live")]
    [InlineData("started, 11s, tick", "503 undecidable", "503 undecidable", "200 live")]
    [InlineData("closed", "503 closed", "503 closed", "200 live")]
    [InlineData("closed, open", "200 open", "200 open", "200 live")]
    [InlineData("closed, open, drift", "200 drifting", "200 drifting", "200 live")]
    [InlineData("closed, open, drift, open", "200 open", "200 open", "200 live")]
    [InlineData("open, 9s", "200 open", "200 open", "200 live")]
    [InlineData("open, 11s", "200 open", "200 open", "503 not-live")]
    [InlineData("open, stop", "200 open", "503 stopping", "200 live")]
    [InlineData("drift, stop", "200 drifting", "503 stopping", "200 live")]
    [InlineData("closed, stop", "503 closed", "503 stopping", "200 live")]
    [InlineData("disabled", "200 disabled", "200 disabled", "200 live")]
    [InlineData("disabled, stop", "200 disabled", "503 stopping", "200 live")]
    public void Probes_follow_the_gate_the_loop_and_the_signal(string story, string startup, string ready, string live)
    {
        foreach (var happens in story.Split(", "))
        {
            Happens(happens);
        }

        Assert.Equal((story, startup, ready, live), (story, Probe("/startupz"), Probe("/readyz"), Probe("/livez")));
    }

    [Fact]
    public void A_closed_gate_gives_its_reasons_and_before_the_first_round_says_that_there_was_none()
    {
        Assert.Equal("undecidable: no DNS server has been asked yet", Get("/startupz").Body.Split('\n')[0]);
        Assert.DoesNotContain("--servers", Get("/startupz").Body, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"undecidable\",\"reason\":\"no-servers\"", Get("/status").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void The_series_of_single_servers_are_given_only_when_asked_for()
    {
        Assert.Equal(
            ("# few\n", "# all\n", "# few\n"),
            (Get("/metrics").Body, Get("/metrics", "?servers=all").Body, Get("/metrics", "?servers=").Body));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", Get("/metrics").ContentType);
    }

    [Fact]
    public void The_table_of_endpoints_is_that_of_the_program()
    {
        var rows = string.Concat(HttpEndpoints.All.Select(place => $"| `{place.Path}` | {place.Meaning} |\n"));

        Assert.True(
            Repository.Reference.Contains($"| --- | --- |\n{rows}\n", StringComparison.Ordinal),
            $"docs/reference.md should have exactly these rows:\n{rows}");
    }

    [Fact]
    public void The_table_of_probe_statuses_is_that_of_the_program()
    {
        var rows = string.Concat(
            ProbeStatus.All.Select(status => $"| `{status.Name}` | {status.HttpStatus} | {status.ExitCode} | {status.Meaning} |\n"));

        Assert.True(
            Repository.Reference.Contains($"| --- | --- | --- | --- |\n{rows}\n", StringComparison.Ordinal),
            $"docs/reference.md should have exactly these rows:\n{rows}");
    }

    [Theory]
    [InlineData("POST", "/readyz", 405)]
    [InlineData("get", "/readyz", 405)]
    [InlineData("", "", 405)]
    [InlineData("GET", "", 404)]
    [InlineData("GET", "/readyz/", 404)]
    [InlineData("GET", "/Readyz", 404)]
    [InlineData("GET", "//", 404)]
    [InlineData("HEAD", "/", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/status", 200)]
    public void Anything_else_is_told_so_and_never_a_redirect_nor_a_probe(string method, string path, int status)
    {
        var reply = site.Answer(method, path, "?x=/readyz");

        Assert.Equal((status, null), (reply.Status, reply.ProbeStatus));
    }

    private string Probe(string path) => Get(path) is var reply ? $"{reply.Status} {reply.ProbeStatus?.Name}" : "";

    private HttpResult Get(string path, string query = "") => site.Answer("GET", path, query);

    private void Happens(string what)
    {
        switch (what)
        {
            case "started":
                break;
            case "tick":
                latest.OnTick(latest.Value);
                break;
            case "stop":
                latest.Stop();
                break;
            case "closed":
                latest.OnRound(Starting with { Status = GateStatus.Closed, Reason = Reason.StaleAddress });
                break;
            case "open":
                latest.OnRound(Starting with { Status = GateStatus.Open, Reason = Reason.Agrees });
                break;
            case "drift":
                latest.OnRound(Starting with { Status = GateStatus.Drifting, Reason = Reason.StaleAddress });
                break;
            case "disabled":
                latest = new LatestSnapshot(GateSnapshot.Disabled("why"), time);
                site = new HttpEndpoints(latest, _ => "", "1.2.3");
                break;
            default:
                time.Advance(TimeSpan.FromSeconds(int.Parse(what.TrimEnd('s'))));
                break;
        }
    }
}
