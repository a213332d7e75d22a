using System.Text;
using System.Text.Json.Nodes;

namespace DnsGate.TestKit;

/// <summary>Behaviours of API servers that do not do as they should: values of <see cref="KubeApiServer.Fault"/>.</summary>
public static class KubeMisbehaving
{
    private const string ListBegin = """{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"731204"},"items":[""";

    /// <summary>Behaves so to some requests and right to the rest.</summary>
    public static KubeFault When(Func<KubeRequest, bool> condition, KubeFault then) =>
        exchange => condition(exchange.Request) ? then(exchange) : exchange.AnswerAsync();

    /// <summary>Behaves so to LIST.</summary>
    public static KubeFault OnList(KubeFault fault) => When(request => !request.IsWatch, fault);

    /// <summary>Behaves so to WATCH.</summary>
    public static KubeFault OnWatch(KubeFault fault) => When(request => request.IsWatch, fault);

    /// <summary>Behaves so to the first requests, right afterwards.</summary>
    public static KubeFault First(int count, KubeFault fault)
    {
        int seen = 0;
        return exchange => Interlocked.Increment(ref seen) <= count ? fault(exchange) : exchange.AnswerAsync();
    }

    /// <summary>Another answer than the right one, such as <see cref="KubeResponse.InternalError"/>.</summary>
    public static KubeFault Answers(KubeResponse response) => exchange => exchange.AnswerAsync(response);

    /// <summary>Nothing, for ever.</summary>
    public static KubeFault NeverAnswers() => exchange => ForEver(exchange);

    /// <summary>The connection is cut instead of an answer.</summary>
    public static KubeFault CutsInstead(TcpCut how) => exchange =>
    {
        exchange.Cut(how);
        return Task.CompletedTask;
    };

    /// <summary>The first half of the right answer to a LIST, in the middle of its JSON; then the cut. Its head promises a length, or chunks.</summary>
    public static KubeFault CutInTheMiddle(TcpCut how, bool chunked = false) => async exchange =>
    {
        KubeResponse right = exchange.RightResponse() ?? throw new InvalidOperationException("A watch has no middle: see KubeWatch.CutInLine.");
        await exchange.StartAsync(right.Status, right.ContentType, chunked ? null : right.Body.Length);
        await exchange.WriteAsync(right.Body[..(right.Body.Length / 2)]);
        exchange.Cut(how);
    };

    /// <summary>The first half of the right answer to a LIST as if it were all: an answer whole for HTTP, not for JSON.</summary>
    public static KubeFault Half() => async exchange =>
    {
        KubeResponse right = exchange.RightResponse() ?? throw new InvalidOperationException("A watch has no half: see KubeWatch.CutInLine.");
        await exchange.AnswerAsync(right with { Body = right.Body[..(right.Body.Length / 2)] });
    };

    /// <summary>Octets that are no JSON, said to be JSON; to a watch as to a list.</summary>
    public static KubeFault Garbage(int octets = 500, int seed = 1)
    {
        byte[] garbage = new byte[octets];
        new Random(seed).NextBytes(garbage);
        return Answers(new KubeResponse(200, "application/json", garbage));
    }

    /// <summary>The page of a proxy that asks for a login, with status 200.</summary>
    public static KubeFault LoginPage() => Answers(new KubeResponse(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><body><form action=\"/login\">Sign in</form></body></html>\n"u8.ToArray()));

    /// <summary>JSON of another kind.</summary>
    public static KubeFault AnotherKind() => Answers(KubeResponse.Json(200, new JsonObject
    {
        ["kind"] = "PodList",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["resourceVersion"] = "731204" },
        ["items"] = new JsonArray(),
    }));

    /// <summary>An octet now and then, for ever. Each may be the beginning of the rest: it is space within the JSON of a list.</summary>
    public static KubeFault Drips(TimeSpan interval) => async exchange =>
    {
        await exchange.StartAsync();
        await exchange.WriteAsync(ListBegin);
        while (true)
        {
            await exchange.WriteAsync(" ");
            await exchange.DelayAsync(interval);
        }
    };

    /// <summary>A list without end, as fast as the client reads. Each of its items is right; on a watch it is one line without end.</summary>
    public static KubeFault Floods() => async exchange =>
    {
        StoredSlice slice = new(EndpointSliceSpec.ForDns("kube-dns-flood", 53, "10.244.0.3"), EndpointSliceJson.UidOf("flood"), 731_204, Generation: 1);
        string item = EndpointSliceJson.Object(slice, isItem: true).ToJsonString() + ",";
        byte[] many = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(item, 20)));
        await exchange.StartAsync();
        await exchange.WriteAsync(ListBegin);
        while (true)
            await exchange.WriteAsync(many);
    };

    /// <summary>A head without end: field after field, as fast as the client reads.</summary>
    public static KubeFault FloodsHead() => async exchange =>
    {
        byte[] fields = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat($"X-Noise: {new string('x', 100)}\r\n", 100)));
        await exchange.WriteRawAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"u8.ToArray());
        while (true)
            await exchange.WriteRawAsync(fields);
    };

    /// <summary>Something that is not HTTP.</summary>
    public static KubeFault NotHttp() => exchange => exchange.WriteRawAsync("220 mail.example.com ESMTP\r\n"u8.ToArray());

    /// <summary>The head of a watch, and then nothing for ever: the connection is open, but what was at its other end is not there.</summary>
    public static KubeFault StallsAfterHead() => async exchange =>
    {
        await exchange.StartAsync();
        await ForEver(exchange);
    };

    /// <summary>The right answer in chunks of so many octets, that end wherever they end: within lines, names, UTF-8.</summary>
    public static KubeFault InChunksOf(int octets) => exchange =>
    {
        exchange.LongestChunk = octets;
        return exchange.AnswerAsync();
    };

    private static Task ForEver(KubeExchange exchange) => Task.Delay(Timeout.InfiniteTimeSpan, exchange.Aborted);
}
