using System.Text.Json;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>What <c>-o json</c> printed, and how the process ended.</summary>
internal sealed class Verdict
{
    private readonly ProcessResult ended;

    public Verdict(ProcessResult ended)
    {
        this.ended = ended;
        var lines = ended.Stdout.Split('\n');
        Assert.True(lines is [_, ""], $"not exactly one line of JSON: {ended}");
        using var document = JsonDocument.Parse(lines[0]);
        Json = document.RootElement.Clone();
    }

    public JsonElement Json { get; }

    public int ExitCode => ended.ExitCode;

    public string Stderr => ended.Stderr;

    public TimeSpan Duration => ended.Duration;

    public string State => Json.GetProperty("state").GetString()!;

    public string Reason => Json.GetProperty("reason").GetString()!;

    public bool Settled => Json.GetProperty("settled").GetBoolean();

    public IReadOnlyList<JsonElement> Servers => [.. Json.GetProperty("servers").EnumerateArray()];

    /// <summary>The reason of the server at an address.</summary>
    public string ReasonAt(string server) =>
        Servers.Single(item => item.GetProperty("server").GetString() == server).GetProperty("reason").GetString()!;

    /// <summary>Exit code, state and reason at once, so that a failure shows them together.</summary>
    public void AssertIs(int exitCode, string state, string reason) =>
        Assert.True((exitCode, state, reason) == (ExitCode, State, Reason), $"expected {exitCode} {state} {reason}: {this}");

    public override string ToString() => ended.ToString();
}
