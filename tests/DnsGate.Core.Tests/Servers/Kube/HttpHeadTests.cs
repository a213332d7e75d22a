using System.Text;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Core.Tests.Servers.Kube;

/// <summary>Heads of HTTP answers: what is taken, and that nothing is taken that leaves open where the body ends.</summary>
public sealed class HttpHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: 12", 200, false, 12L)]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked", 200, true, null)]
    [InlineData("HTTP/1.1 403 Forbidden|transfer-encoding:\tChunked ", 403, true, null)]
    [InlineData("HTTP/1.1 200|content-LENGTH:0", 200, false, 0L)]
    [InlineData("HTTP/1.0 503 ", 503, false, null)]
    [InlineData("HTTP/1.1 200 OK|X: a:b|Content-Length: 5|Content-Length: 5", 200, false, 5L)]
    [InlineData("HTTP/1.1 100 Continue", 100, false, null)]
    public void A_head_says_the_status_and_where_the_body_ends(string lines, int status, bool isChunked, long? length)
    {
        Assert.True(HttpHead.TryRead(Octets(lines), out HttpHead? head));
        Assert.Equal(new HttpHead(status, isChunked, length), head);
    }

    [Theory]
    [InlineData("220 mail.example.com ESMTP")]
    [InlineData("HTTP/2 200 OK")]
    [InlineData("HTTP/1.1 20 OK")]
    [InlineData("HTTP/1.1 2000 OK")]
    [InlineData("HTTP/1.1 099 OK")]
    [InlineData("HTTP/1.1 600 OK")]
    [InlineData("HTTP/1.1 +20 OK")]
    [InlineData("http/1.1 200 OK")]
    [InlineData("HTTP/1.1 200 OK|no colon")]
    [InlineData("HTTP/1.1 200 OK|: no name")]
    [InlineData("HTTP/1.1 200 OK|Content-Length : 5")]
    [InlineData("HTTP/1.1 200 OK|X: a| goes on")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: -1")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 5, 5")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 5|Content-Length: 6")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 99999999999999999999")]
    [InlineData("HTTP/1.1 200 OK|Content-Length:")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: chunked")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 5")]
    public void Anything_else_is_no_head(string lines) => Assert.False(HttpHead.TryRead(Octets(lines), out _));

    [Fact]
    public void A_head_ends_with_its_empty_line_and_not_before()
    {
        byte[] octets = Octets("HTTP/1.1 200 OK|Content-Length: 12");
        for (int length = 0; length < octets.Length; length++)
            Assert.Equal(0, HttpHead.EndIn(octets.AsSpan(0, length)));
        Assert.Equal(octets.Length, HttpHead.EndIn([.. octets, .. "body\r\n\r\n"u8]));
    }

    [Fact]
    public void An_octet_changed_anywhere_never_throws()
    {
        byte[] octets = Octets("HTTP/1.1 200 OK|Content-Length: 12|Transfer-Encoding: chunked|X: y");
        for (int at = 0; at < octets.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. octets];
                changed[at] = (byte)value;
                if (HttpHead.TryRead(changed, out HttpHead? head))
                    Assert.False(head.IsChunked && head.Length is not null);
            }
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("000", 0)]
    [InlineData("1a", 26)]
    [InlineData("1A ; name=value", 26)]
    [InlineData("fffffff", 0xFFFFFFF)]
    public void A_chunk_says_its_size(string line, int size)
    {
        Assert.True(HttpChunk.TryReadSize(Encoding.Latin1.GetBytes(line), out int read));
        Assert.Equal(size, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("g")]
    [InlineData("-1")]
    [InlineData("0x1")]
    [InlineData("1 2")]
    [InlineData("10000000")]
    public void Anything_else_is_no_size(string line) => Assert.False(HttpChunk.TryReadSize(Encoding.Latin1.GetBytes(line), out _));

    private static byte[] Octets(string lines) => Encoding.Latin1.GetBytes(lines.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n\r\n");
}
