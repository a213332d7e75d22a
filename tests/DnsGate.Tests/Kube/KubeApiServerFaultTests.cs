using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>Each fault of the tests' API server does what it says.</summary>
public sealed class KubeApiServerFaultTests : IAsyncLifetime
{
    private static readonly EndpointSliceSpec Slice = EndpointSliceSpec.ForDns("kube-dns-1", 5301, "10.244.0.3");

    private static readonly Dictionary<string, (KubeFault Fault, string Seen)> Rows = new()
    {
        ["500"] = (KubeMisbehaving.Answers(KubeResponse.InternalError()), "500 json"),
        ["503"] = (KubeMisbehaving.Answers(KubeResponse.Unavailable()), "503 text"),
        ["429"] = (KubeMisbehaving.Answers(KubeResponse.TooManyRequests(7)), "429 json, retry after 7"),
        ["404"] = (KubeMisbehaving.Answers(KubeResponse.NotFoundPage()), "404 text"),
        ["302"] = (KubeMisbehaving.Answers(KubeResponse.Redirect(new Uri("https://127.0.0.9:1/x"))), "302 text, to https://127.0.0.9:1/x"),
        ["no answer but a FIN"] = (KubeMisbehaving.CutsInstead(TcpCut.Fin), "ResponseEnded"),
        ["no answer but an RST"] = (KubeMisbehaving.CutsInstead(TcpCut.Rst), "ConnectionReset"),
        ["cut by a FIN"] = (KubeMisbehaving.CutInTheMiddle(TcpCut.Fin), "ResponseEnded"),
        ["cut by a FIN within chunks"] = (KubeMisbehaving.CutInTheMiddle(TcpCut.Fin, chunked: true), "ResponseEnded"),
        ["cut by an RST"] = (KubeMisbehaving.CutInTheMiddle(TcpCut.Rst), "ConnectionReset"),
        ["half"] = (KubeMisbehaving.Half(), "200 no json"),
        ["garbage"] = (KubeMisbehaving.Garbage(), "200 no json"),
        ["a login page"] = (KubeMisbehaving.LoginPage(), "200 text"),
        ["another kind"] = (KubeMisbehaving.AnotherKind(), "200 json PodList"),
        ["not HTTP"] = (KubeMisbehaving.NotHttp(), "InvalidResponse"),
        ["a head without end"] = (KubeMisbehaving.FloodsHead(), "ConfigurationLimitExceeded"),
        ["chunks of one octet"] = (KubeMisbehaving.InChunksOf(1), "200 json EndpointSliceList"),
    };

    private KubeApiServer server = null!;
    private PlainKubeClient client = null!;

    public static TheoryData<string> Names => [.. Rows.Keys];

    public ValueTask InitializeAsync()
    {
        server = new KubeApiServer();
        server.Slices.Set(Slice);
        client = new PlainKubeClient(server);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_list_meets(string row)
    {
        server.Fault = Rows[row].Fault;
        var seen = await SeenAsync();
        server.Fault = null;

        Assert.Equal(Rows[row].Seen, seen);
        Assert.Equal("200 json EndpointSliceList", await SeenAsync());
    }

    [Fact]
    public async Task The_first_requests_meet_a_fault_and_later_ones_do_not()
    {
        server.Fault = KubeMisbehaving.First(2, KubeMisbehaving.Answers(KubeResponse.Unavailable()));

        Assert.Equal(["503 text", "503 text", "200 json EndpointSliceList"], [await SeenAsync(), await SeenAsync(), await SeenAsync()]);
    }

    [Fact]
    public async Task Nothing_comes_from_a_server_that_never_answers_and_it_notices_that_its_client_went()
    {
        server.Fault = KubeMisbehaving.NeverAnswers();
        var get = client.GetAsync(PlainKubeClient.Slices, HttpCompletionOption.ResponseHeadersRead);
        await server.WaitForRequestsAsync(1).WaitAsync(PlainKubeClient.Limit);
        Assert.False(get.IsCompleted);

        client.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => get.WaitAsync(PlainKubeClient.Limit));
        await server.WaitUntilAsync(() => server.OpenConnections == 0).WaitAsync(PlainKubeClient.Limit);
    }

    [Theory]
    [InlineData(true, 100)]
    [InlineData(false, 20_000_000)]
    public async Task A_body_without_end_drips_or_floods(bool drips, int octets)
    {
        server.Fault = drips ? KubeMisbehaving.Drips(TimeSpan.FromMilliseconds(1)) : KubeMisbehaving.Floods();
        using var response = await client.GetAsync(PlainKubeClient.Slices, HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[octets];

        await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(PlainKubeClient.Limit);

        Assert.StartsWith("""{"kind":"EndpointSliceList",""", System.Text.Encoding.UTF8.GetString(buffer, 0, 100));
    }

    [Fact]
    public async Task An_answer_that_stalls_after_its_head_lasts_until_the_server_stops()
    {
        server.Fault = KubeMisbehaving.StallsAfterHead();
        using var response = await client.GetAsync(PlainKubeClient.Slices, HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStreamAsync();
        var read = body.ReadAsync(new byte[1]).AsTask();
        Assert.False(read.IsCompleted);

        server.Stop();

        await Assert.ThrowsAnyAsync<IOException>(() => read.WaitAsync(PlainKubeClient.Limit));
    }

    [Fact]
    public async Task What_a_fault_throws_is_thrown_on_disposal()
    {
        KubeApiServer server = new() { Fault = _ => throw new ArithmeticException() };
        using PlainKubeClient client = new(server);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.ListAsync());

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.DisposeAsync());

        Assert.IsType<ArithmeticException>(thrown.InnerException);
    }

    /// <summary>What a client sees of an answer, in a few words.</summary>
    private async Task<string> SeenAsync()
    {
        try
        {
            using var response = await client.GetAsync(PlainKubeClient.Slices);
            var more = response.Headers.RetryAfter is { } wait ? $", retry after {wait}"
                : response.Headers.Location is { } to ? $", to {to}"
                : "";
            var body = await response.Content.ReadAsStringAsync();
            if (response.Content.Headers.ContentType?.MediaType != "application/json")
            {
                return $"{(int)response.StatusCode} text{more}";
            }

            return $"{(int)response.StatusCode} {(response.StatusCode == HttpStatusCode.OK ? KindOf(body) : "json")}{more}";
        }
        catch (HttpRequestException e)
        {
            for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            {
                if (inner is SocketException socket)
                {
                    return socket.SocketErrorCode.ToString();
                }
            }
            return e.HttpRequestError.ToString();
        }
    }

    private static string KindOf(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return $"json {json.RootElement.GetProperty("kind")}";
        }
        catch (JsonException)
        {
            return "no json";
        }
    }
}
