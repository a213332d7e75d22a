namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>
/// The proof reads the kernel's tables of sockets with code of its own, and that is held here with lines of a real kernel.
/// </summary>
public sealed class ListeningSocketTests
{
    private const string Head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    [Theory]
    [InlineData("   0: 0701F40A:0F30 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
        "10.244.1.7", 3888, false)]
    [InlineData("   1: 00000000:0F30 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1", "0.0.0.0", 3888, true)]
    [InlineData("   0: 0000000000000000FFFF00000701F40A:0F30 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 1",
        "10.244.1.7", 3888, false)]
    [InlineData("   0: 00000000000000000000000000000000:0885 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 1", "::", 2181, true)]
    [InlineData("   0: 0000000000000000FFFF000000000000:0885 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 1",
        "0.0.0.0", 2181, true)]
    public void Listening(string line, string address, int port, bool isWildcard)
    {
        var socket = Assert.Single(ListeningSocket.Read([Head, line]));

        Assert.Equal((address, port, isWildcard), (socket.Address, socket.Port, socket.IsWildcard));
    }

    [Fact]
    public void A_connection_does_not_listen() =>
        Assert.Empty(
            ListeningSocket.Read([Head, "   2: 0701F40A:0F30 0801F40A:D431 01 00000000:00000000 00:00000000 00000000     0        0 1 1"]));
}
