
namespace DnsGate.Sidecar;

/// <summary>What a request gets: no redirect ever, since the kubelet takes one for success.</summary>
/// <param name="Status">200, 404, 405 or 503.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Body">The whole of it.</param>
/// <param name="ProbeStatus">What <c>probe</c> reads in the header; null where nothing is probed.</param>
internal sealed record HttpResult(int Status, string ContentType, string Body, ProbeStatus? ProbeStatus = null)
{
    public const int Ok = 200;
    public const int NotFound = 404;
    public const int MethodNotAllowed = 405;
    public const int ServiceUnavailable = 503;

    private const string PlainText = "text/plain; charset=utf-8";

    public static HttpResult Text(int status, string body) => new(status, PlainText, body);

    public static HttpResult Text(ProbeStatus status, string body) => new(status.HttpStatus, PlainText, body, status);
}
