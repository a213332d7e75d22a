using System.Net.Security;
using System.Net.Sockets;

namespace DnsGate.TestKit;

public sealed partial class KubeApiServer
{
    private async Task ConverseAsync(KubeConnection connection)
    {
        using NetworkStream plain = new(connection.Socket);
        if (Tls != TlsManner.Orderly)
        {
            await MisbehaveBeforeTlsAsync(Tls, connection, plain);
            return;
        }
        using SslStream secure = new(plain, leaveInnerStreamOpen: true);
        await secure.AuthenticateAsServerAsync(TlsOptions(), connection.Gone);
        HttpReader reader = new(secure);
        while (await reader.ReadHeadAsync() is { } head)
        {
            KubeExchange exchange = new(this, connection, secure, Note(head, connection));
            _ = NoticeEndAsync(reader, connection);
            await (Fault?.Invoke(exchange) ?? exchange.AnswerAsync());
            _milestones.Check();
            if (!exchange.IsComplete)
                return;
            if (exchange.Request.Closes)
            {
                await secure.ShutdownAsync();
                return;
            }
        }
    }

    private SslServerAuthenticationOptions TlsOptions()
    {
        lock (_lock)
            return new SslServerAuthenticationOptions { ServerCertificateContext = _shown, ApplicationProtocols = [SslApplicationProtocol.Http11] };
    }

    private KubeRequest Note(HttpHead head, KubeConnection connection)
    {
        KubeRequest request = new(head, connection.Id, Time.GetElapsedTime(_started));
        lock (_lock)
            _requests.Add(request);
        _milestones.Check();
        return request;
    }

    /// <summary>Ends an answer, however long it would still go on, when its client goes.</summary>
    private static async Task NoticeEndAsync(HttpReader reader, KubeConnection connection)
    {
        try
        {
            if (await reader.PeekAsync())
                return;
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException or SocketException)
        {
            // Gone as well, less politely.
        }
        connection.Cut(TcpCut.Fin);
    }

    private static async Task MisbehaveBeforeTlsAsync(TlsManner manner, KubeConnection connection, NetworkStream plain)
    {
        byte[] hello = new byte[4096];
        int length = await plain.ReadAsync(hello, connection.Gone);
        switch (manner)
        {
            case TlsManner.Resets:
                connection.Cut(TcpCut.Rst);
                break;
            case TlsManner.SpeaksPlainText:
                await plain.WriteAsync(
                    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"u8.ToArray(),
                    connection.Gone);
                break;
            case TlsManner.NeverAnswers:
                while (length > 0)
                    length = await plain.ReadAsync(hello, connection.Gone);
                break;
        }
    }
}
