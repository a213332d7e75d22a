using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Linux;
using DnsGate.Sidecar;
using DnsGate.TestKit;

namespace DnsGate.Tests.Sidecar;

/// <summary>What the sidecar remembers of its opening, when that counts, and what it logs.</summary>
public sealed class OpeningMemoryTests : IDisposable
{
    private static readonly DateTimeOffset OpenedAt = new(2026, 11, 28, 9, 30, 0, TimeSpan.Zero);
    private static readonly GateSnapshot Starting = GateSnapshot.Starting(IdentityOf(Questions.Ip)) with
    {
        Time = OpenedAt - TimeSpan.FromSeconds(5),
    };
    private static readonly GateSnapshot Open = Starting with { Status = GateStatus.Open, Reason = Reason.Agrees, Time = OpenedAt };

    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    private string FilePath => Path.Combine(directory, "dnsgate.open");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void An_opening_is_remembered_when_the_gate_opens_and_not_before()
    {
        Assert.Equal((null, ""), Recall());
        Happens(Starting, Starting with { Status = GateStatus.Closed });
        Assert.False(File.Exists(FilePath));

        Assert.Equal("", Happens(Starting, Open));

        Assert.Equal((OpenedAt, ""), Recall());
    }

    [Theory]
    [InlineData("another address", "10.244.2.9", "options", 0, "it is about")]
    [InlineData("other options", Questions.Ip, "others", 0, "it was written with other options")]
    [InlineData("a clock that goes back", Questions.Ip, "options", -1, "its time, 2026-11-28T09:30:00Z, is in the future")]
    public void Another_identity_other_options_or_an_earlier_time_start_closed(
        string sentence, string address, string digest, int seconds, string problem)
    {
        Happens(Open);
        var (openedAt, log) = Recall(address, digest, seconds);
        Assert.Equal((sentence, null), (sentence, openedAt));
        Assert.Contains($"[state-ignored] --state {FilePath} is ignored: {problem}", log, StringComparison.Ordinal);
        Assert.EndsWith("; the gate starts closed\n", log, StringComparison.Ordinal);
        Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_file_that_a_gate_resumes_from_stays_as_it_is_and_later_rounds_write_nothing()
    {
        Happens(Open);
        var written = File.GetLastWriteTimeUtc(FilePath);
        With((memory, _) =>
        {
            Assert.Equal(OpenedAt, memory.Recall(OpenedAt));
            memory.OnRound(Open with { IsResumed = true, Time = OpenedAt.AddHours(1) });
            memory.OnRound(Open with { IsResumed = true, Status = GateStatus.Drifting });
        });
        Assert.Equal((OpenedAt, ""), Recall());
        Assert.Equal(written, File.GetLastWriteTimeUtc(FilePath));
    }

    [Fact]
    public void What_does_not_count_is_replaced_when_the_gate_opens()
    {
        File.WriteAllText(FilePath, "rubbish");
        With((memory, _) =>
        {
            Assert.Null(memory.Recall(OpenedAt));
            memory.OnRound(Open);
        });
        Assert.Equal((OpenedAt, ""), Recall());
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_logged_once()
    {
        Directory.CreateDirectory(FilePath);
        var log = Happens(Open, Open with { Status = GateStatus.Drifting }, Open);
        var line = Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith(
            $"[state-not-written] --state {FilePath} was not written: it is a directory; the gate starts closed "
            + "after a restart of this container",
            line,
            StringComparison.Ordinal);
    }

    private (DateTimeOffset? OpenedAt, string Log) Recall(string address = Questions.Ip, string digest = "options", int seconds = 1)
    {
        DateTimeOffset? openedAt = null;
        var log = With((memory, _) => openedAt = memory.Recall(OpenedAt.AddSeconds(seconds)), address, digest);
        return (openedAt, log);
    }

    private string Happens(params GateSnapshot[] snapshots) => With((memory, _) => Array.ForEach(snapshots, memory.OnRound));

    /// <summary>What is logged meanwhile.</summary>
    private string With(Action<OpeningMemory, Log> happens, string address = Questions.Ip, string digest = "options")
    {
        var path = Path.Combine(directory, "log");
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            var log = new Log(LogFormat.Text, LogLevel.Info, new ManualTime(), new StandardStream((int)file.DangerousGetHandle()));
            happens(new OpeningMemory(FilePath, IdentityOf(address), digest, log), log);
        }

        return File.ReadAllText(path);
    }

    private static Identity IdentityOf(string address) => new(Questions.Name, "--name", [IPAddress.Parse(address)], "--ip");
}
