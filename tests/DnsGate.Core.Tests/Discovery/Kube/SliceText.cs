using System.Collections.Immutable;
using System.Net;
using System.Text;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Options;

namespace DnsGate.Core.Tests.Discovery.Kube;

/// <summary>Writes what an API server sends, from one line of words for each slice.</summary>
internal static class SliceText
{
    public static readonly ServerSource.Kube Source = new("kube-system", "kube-dns");

    private static readonly ImmutableArray<IPAddress> IPv4Pod = [IPAddress.Parse("10.244.1.7")];

    /// <summary>
    /// A slice: <c>NAME IPv4 dns:53/UDP,dns-tcp:53/TCP | 10.244.0.5 uid=a ready=false terminating=true | …</c>; <c>-</c> for no ports.
    /// </summary>
    public static string Slice(string line, string service = "kube-dns")
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var head = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ports = head[2] == "-" ? "null" : $"[{string.Join(',', head[2].Split(',').Select(Port))}]";
        var endpoints = parts.Length == 1 ? "null" : $"[{string.Join(',', parts[1..].Select(Endpoint))}]";
        return $$"""
            {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"{{head[0]}}","resourceVersion":"7","managedFields":[{"fieldsV1":{"f:a":{"f:b":[]} } } ],
            "labels":{"kubernetes.io/service-name":"{{service}}","x":"y"} },"addressType":"{{head[1]}}","endpoints":{{endpoints}},"ports":{{ports}}}
            """.ReplaceLineEndings("");
    }

    /// <summary>A page of a list, from the texts of its slices.</summary>
    public static string List(string[] slices, string? continueAt = null) =>
        $$"""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":"""
        + $$"""{"resourceVersion":"10","continue":"{{continueAt}}"},"items":[{{string.Join(',', slices)}}]}""";

    public static string Status(int code, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"X","code":{{code}}}""";

    public static EndpointSlices Read(params string[] lines)
    {
        var page = Encoding.UTF8.GetBytes(List([.. lines.Select(line => Slice(line))]));
        Assert.True(EndpointSlices.None.TryAddPage(page, out var slices, out _, out var problem), problem?.Message);
        return slices;
    }

    /// <summary><c>10.244.0.5:53 10.244.0.6:53/NotReady</c>, or <c>Empty: message</c>.</summary>
    public static string Servers(this EndpointSlices slices, params string[] podAddresses)
    {
        var list = slices.ToResult(Source, podAddresses.Length == 0 ? IPv4Pod : [.. podAddresses.Select(IPAddress.Parse)]);
        Assert.Equal(list.Problem is null, !list.Servers.IsEmpty);
        Assert.All(list.Servers, server =>
            Assert.Equal(("kube:kube-system/kube-dns", 1, false), (server.Source, server.Samples, server.MayForward)));
        return list.Problem is { } problem
            ? $"{problem.Fault}: {problem.Message}"
            : string.Join(' ', list.Servers.Select(server => server.Address + (server.Required ? "" : $"/{server.Condition}")));
    }

    private static string Port(string text)
    {
        var parts = text.Split(':', '/');
        var protocol = parts[2] == "null" ? "null" : $"\"{parts[2]}\"";
        return $$"""{"name":"{{parts[0]}}","port":{{parts[1]}},"protocol":{{protocol}}}""";
    }

    private static string Endpoint(string text)
    {
        var words = text.Split(' ');
        string? Value(string key) =>
            words.SingleOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];
        var reference = Value("uid") is { } uid ? $$"""{"kind":"Pod","name":"coredns-{{uid}}","uid":"{{uid}}"}""" : "null";
        var (ready, serving, terminating) = (Value("ready") ?? "null", Value("serving") ?? "null", Value("terminating") ?? "null");
        return $$"""{"addresses":["{{words[0]}}"],"conditions":"""
            + $$"""{"ready":{{ready}},"serving":{{serving}},"terminating":{{terminating}} },"targetRef":{{reference}},"nodeName":"n"}""";
    }
}
