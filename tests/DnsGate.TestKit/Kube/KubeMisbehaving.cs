using System.Text;
using System.Text.Json.Nodes;

namespace DnsGate.TestKit;

/// <summary>Behaviours of API servers that do not do as they should: values of <see cref="KubeApiServer.Fault"/>.</summary>
public static class KubeMisbehaving
{
    private static readonly KubeResponse ListHead = new(200, "application/json", default);

    private static ReadOnlyMemory<byte> ListBegin { get; } =
        """{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"731204"},"items":["""u8.ToArray();

    /// <summary>Behaves so to some requests and right to the rest.</summary>
    public static KubeFault When(Func<KubeRequest, bool> condition, KubeFault then) =>
        exchange => condition(exchange.Request) ? then(exchange) : exchange.AnswerAsync();

    /// <summary>Behaves so to the first requests, right afterwards.</summary>
    public static KubeFault First(int count, KubeFault fault)
    {
        var seen = 0;
        return exchange => Interlocked.Increment(ref seen) <= count ? fault(exchange) : exchange.AnswerAsync();
    }

    /// <summary>Another answer than the right one, such as <see cref="KubeResponse.InternalError"/>.</summary>
    public static KubeFault Answers(KubeResponse response) => exchange => exchange.AnswerAsync(response);

    /// <summary>Nothing, for ever.</summary>
    public static KubeFault NeverAnswers() => exchange => exchange.NeverAsync();

    /// <summary>The connection is cut instead of an answer.</summary>
    public static KubeFault CutsInstead(TcpCut how) => exchange => exchange.CutAsync(how);

    /// <summary>
    /// The first half of the right answer to a LIST, in the middle of its JSON; then the cut. Its head promises a length, or chunks.
    /// </summary>
    public static KubeFault CutInTheMiddle(TcpCut how, bool chunked = false) => async exchange =>
    {
        var right = exchange.RightResponse();
        exchange.Start(right, chunked ? null : right.Body.Length);
        await exchange.WriteAsync(right.Body[..(right.Body.Length / 2)]);
        await exchange.CutAsync(how);
    };

    /// <summary>The first half of the right answer to a LIST as if it were all: an answer whole for HTTP, not for JSON.</summary>
    public static KubeFault Half() => async exchange =>
    {
        var right = exchange.RightResponse();
        await exchange.AnswerAsync(right with { Body = right.Body[..(right.Body.Length / 2)] });
    };

    /// <summary>Octets that are no JSON, said to be JSON.</summary>
    public static KubeFault Garbage(int octets = 500, int seed = 1)
    {
        var garbage = new byte[octets];
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
        exchange.Start(ListHead);
        await exchange.WriteAsync(ListBegin);
        while (true)
        {
            await exchange.WriteAsync(" "u8.ToArray());
            await Task.Delay(interval, exchange.Aborted);
        }
    };

    /// <summary>A list without end, as fast as the client reads. Each of its items is right.</summary>
    public static KubeFault Floods() => async exchange =>
    {
        StoredSlice slice = new(EndpointSliceSpec.ForDns("kube-dns-flood", 53, "10.244.0.3"), 731_204, Generation: 1);
        var item = EndpointSliceJson.Item(slice).ToJsonString() + ",";
        var many = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(item, 20)));
        exchange.Start(ListHead);
        await exchange.WriteAsync(ListBegin);
        while (true)
        {
            await exchange.WriteAsync(many);
        }
    };

    /// <summary>A head without end: field after field, as fast as the client reads.</summary>
    public static KubeFault FloodsHead() => async exchange =>
    {
        var fields = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat($"X-Noise: {new string('x', 100)}\r\n", 100)));
        await exchange.WriteRawAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"u8.ToArray());
        while (true)
        {
            await exchange.WriteRawAsync(fields);
        }
    };

    /// <summary>Something that is not HTTP.</summary>
    public static KubeFault NotHttp() => exchange => exchange.WriteRawAsync("220 mail.example.com ESMTP\r\n"u8.ToArray());

    /// <summary>The head of an answer, and then nothing: the connection is open, but what was at its other end is not there.</summary>
    public static KubeFault StallsAfterHead() => async exchange =>
    {
        exchange.Start(ListHead);
        await exchange.WriteAsync(default);
        await exchange.NeverAsync();
    };

    /// <summary>The right answer in chunks of so many octets, that end wherever they end: within lines, names, UTF-8.</summary>
    public static KubeFault InChunksOf(int octets) => async exchange =>
    {
        var right = exchange.RightResponse();
        exchange.Start(right);
        for (var at = 0; at < right.Body.Length; at += octets)
        {
            await exchange.WriteAsync(right.Body.Slice(at, Math.Min(octets, right.Body.Length - at)));
        }
    };
}
