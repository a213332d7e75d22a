using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.Discovery;

namespace DnsGate.Tests.Discovery;

/// <summary>A source that returns what a test says: addresses, or a fault.</summary>
internal sealed class FakeSource(string name, Coverage coverage, TimeProvider time, HoldTime hold = default) : Source(coverage, time)
{
    protected override string Name => name;

    public string Says { get; set; } = "";

    /// <summary>What was asked for in each fetch: whether it was forced, and whether it was the first one.</summary>
    public List<(bool ForceRefresh, bool IsFirst)> Fetches { get; } = [];

    public bool IsDisposed { get; private set; }

    public static SourceResult ResultOf(string says) => (Enum.TryParse(says, out DiscoveryFault fault)
        ? SourceResult.Failed(fault, $"it is {says}")
        : SourceResult.Listed([.. says.Split(' ').Select(address => new Server(new ServerAddress(IPAddress.Parse(address)), "fake"))])) with
    {
        DatagramsToOne = 2,
        Notes = [$"note on {says}"],
    };

    public override void Dispose()
    {
        IsDisposed = true;
        base.Dispose();
    }

    protected override Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Fetches.Add((forceRefresh, isFirst));
        return Task.FromResult(ResultOf(Says));
    }

    protected override HoldTime HoldAfter(SourceResult result, TimeSpan failingFor) => hold;
}
