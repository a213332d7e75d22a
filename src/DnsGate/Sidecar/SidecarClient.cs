using System.Net.Sockets;
using System.Text;
using DnsGate.Ask;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Sidecar;

/// <summary>Asks the sidecar of the same pod.</summary>
internal static class SidecarClient
{
    // The first line is all that is wanted.
    private const int MostBytes = 16 * 1024;

    /// <summary>The exit code and the line that say what the sidecar says.</summary>
    /// <param name="listen">Where it listens.</param>
    /// <param name="place">What is asked for.</param>
    /// <param name="deadline">Time for all of it.</param>
    public static async Task<(int ExitCode, string Line)> AskAsync(ListenAddress listen, HttpEndpoint place, TimeSpan deadline)
    {
        using var timer = new CancellationTokenSource(deadline);
        try
        {
            // A redirect is no answer of ours, and a proxy is not on the way to this very pod.
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = (_, stop) => ConnectAsync(listen, stop),
            };
            using var client = new HttpClient(handler);
            using var response = await client
                .GetAsync(new Uri($"http://localhost:{listen.Port}{place.Path}"), HttpCompletionOption.ResponseHeadersRead, timer.Token)
                .ConfigureAwait(false);
            return Find(response) is { } status
                ? (status.ExitCode, await FirstLineAsync(response, timer.Token).ConfigureAwait(false))
                : Unexpected(listen, $"HTTP status {(int)response.StatusCode}");
        }
        catch (OperationCanceledException)
        {
            return (ExitCode.Undecidable, $"the sidecar at {listen} did not answer within {Duration.Format(deadline)}");
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException refused)
        {
            return (
                ExitCode.Undecidable,
                $"no sidecar at {listen}: {SocketProblem.Describe(refused)}; is 'dnsgate serve' running in this pod, and with the "
                + "same --listen or DNSGATE_LISTEN?");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Unexpected(listen, "no complete HTTP response");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(ListenAddress listen, CancellationToken stop)
    {
        for (var index = 0; ; index++)
        {
            var endpoint = listen.Reachable[index];
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, stop).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (index + 1 < listen.Reachable.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<string> FirstLineAsync(HttpResponseMessage response, CancellationToken stop)
    {
        using var body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = new byte[MostBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length).Split('\n')[0];
    }

    /// <summary>Finds the row of the table; null when the answer is from another program.</summary>
    private static ProbeStatus? Find(HttpResponseMessage response)
    {
        var name = response.Headers.TryGetValues(ProbeStatus.Header, out var values) ? string.Join(',', values) : null;
        return ProbeStatus.All.FirstOrDefault(status => status.Name == name && status.HttpStatus == (int)response.StatusCode);
    }

    private static (int ExitCode, string Line) Unexpected(ListenAddress listen, string answer) =>
        (ExitCode.Undecidable, $"unexpected answer from {listen}; another program may be using this port ({answer})");
}
