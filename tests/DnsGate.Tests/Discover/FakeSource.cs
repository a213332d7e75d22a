using System.Net;
using DnsGate.Core.Servers;
using DnsGate.Discover;

namespace DnsGate.Tests.Discover;

/// <summary>A source that gives what a test says: addresses, or a fault.</summary>
internal sealed class FakeSource : ISource
{
    public string Says { get; set; } = "";

    /// <summary>How long ago the source vouched for what it gives.</summary>
    public TimeSpan Age { get; set; }

    public int Listings { get; private set; }

    public bool IsDisposed { get; private set; }

    public Task<SourceList> ListAsync(bool anew, CancellationToken stop)
    {
        Listings++;
        return Task.FromResult((Enum.TryParse(Says, out DiscoveryFault fault)
            ? SourceList.Failed(fault, $"it is {Says}")
            : SourceList.Of([.. Says.Split(' ').Select(address => new Server(new ServerAddress(IPAddress.Parse(address)), "fake"))])) with
        {
            DatagramsToOne = 2,
            Age = Age,
        });
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
