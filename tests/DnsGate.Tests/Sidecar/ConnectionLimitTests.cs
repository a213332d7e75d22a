using System.Net;
using System.Net.Sockets;
using DnsGate.Sidecar;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DnsGate.Tests.Sidecar;

/// <summary>Which connection is closed when there are too many. Real sockets on loopback, at most three at a time.</summary>
public sealed class ConnectionLimitTests : IAsyncLifetime
{
    private readonly List<Socket> clients = [];
    private readonly List<ConnectionContext> accepted = [];
    private ConnectionLimit limit = null!;

    public async ValueTask InitializeAsync()
    {
        SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        limit = new ConnectionLimit(await sockets.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)), 3);
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        foreach (var connection in accepted)
        {
            await connection.DisposeAsync();
        }

        await limit.DisposeAsync();
    }

    /// <summary>Rows: the last octet of each client address in the order of their connections, then the indexes that are closed.</summary>
    [Theory]
    [InlineData("1 1 1", "")]
    [InlineData("1 1 1 1", "0")]
    [InlineData("1 2 2 2", "1")]
    [InlineData("1 2 2 2 2 2", "1 2 3")]
    [InlineData("2 2 2 1", "0")]
    [InlineData("1 2 2 1", "0")]
    [InlineData("1 2 3 4", "0")]
    [InlineData("1 2 3 3", "2")]
    public async Task The_oldest_connection_of_the_address_that_has_the_most_is_closed(string addresses, string closed)
    {
        foreach (var address in addresses.Split(' '))
        {
            await ConnectAsync($"127.0.0.{address}");
        }

        Assert.Equal((addresses, closed), (addresses, Closed()));
        // The client learns it: a reset or the end.
        foreach (var index in closed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse))
        {
            Assert.Equal(0, await ReceiveAsync(clients[index]));
        }
    }

    [Fact]
    public async Task A_connection_that_has_ended_does_not_count()
    {
        for (var i = 0; i < 3; i++)
        {
            await ConnectAsync("127.0.0.1");
        }

        await accepted[1].DisposeAsync();
        await ConnectAsync("127.0.0.1");

        Assert.Equal("1", Closed());
    }

    private async Task ConnectAsync(string address)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        clients.Add(client);
        client.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await client.ConnectAsync(limit.EndPoint);
        accepted.Add((await limit.AcceptAsync())!);
    }

    private string Closed() => string.Join(' ', Enumerable.Range(0, accepted.Count)
        .Where(index => accepted[index].Features.Get<IConnectionSocketFeature>()!.Socket.SafeHandle.IsClosed));

    private static async Task<int> ReceiveAsync(Socket client)
    {
        try
        {
            return await client.ReceiveAsync(new byte[1]);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
