using System.Text;
using DnsGate.Core.Discovery.Kube;

namespace DnsGate.Core.Tests.Discovery.Kube;

/// <summary>Whatever bytes come: a problem or a list, never an exception, and never less than a whole list.</summary>
public sealed class BrokenJsonTests
{
    // As kubectl get --raw gives it, of a cluster with two CoreDNS pods.
    private const string RealList = """
        {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"48213"},"items":[{"metadata":{"name":"kube-dns-7xk2p",
        "generateName":"kube-dns-","namespace":"kube-system","uid":"6b1f4d0e-52a8-4f0f-9f57-2f3a6f1f1c11","resourceVersion":"47990","generation":7,
        "creationTimestamp":"2026-03-02T08:11:02Z","labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","k8s-app":"kube-dns",
        "kubernetes.io/cluster-service":"true","kubernetes.io/name":"CoreDNS","kubernetes.io/service-name":"kube-dns"},
        "annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-03-02T08:12:40Z"},"ownerReferences":[{"apiVersion":"v1","kind":"Service",
        "name":"kube-dns","uid":"0d9a","controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"kube-controller-manager",
        "operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"2026-03-02T08:12:40Z","fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},
        "f:endpoints":{},"f:ports":{}}}]},"addressType":"IPv4","endpoints":[{"addresses":["10.244.0.5"],"conditions":{"ready":true,"serving":true,
        "terminating":false},"targetRef":{"kind":"Pod","namespace":"kube-system","name":"coredns-668d6bf9bc-4x8pz","uid":"3c0ae0ad"},
        "nodeName":"cp","zone":"a"},{"addresses":["10.244.0.6"],"conditions":{"ready":true,"serving":true,"terminating":false},"targetRef":{"kind":"Pod",
        "namespace":"kube-system","name":"coredns-668d6bf9bc-9kz7w","uid":"8e5c91f2"},"nodeName":"cp"}],"ports":[{"name":"dns-tcp","protocol":"TCP",
        "port":53},{"name":"metrics","protocol":"TCP","port":9153},{"name":"dns","protocol":"UDP","port":53}]}]}
        """;

    private static readonly byte[] List = Encoding.UTF8.GetBytes(RealList);

    [Fact]
    public void The_whole_list_is_read()
    {
        Assert.True(EndpointSlices.None.TryAddPage(List, out var slices, out var next, out _));
        Assert.Equal(("10.244.0.5:53 10.244.0.6:53", null), (slices.Servers(), next));
    }

    [Fact]
    public void A_list_cut_anywhere_is_half_a_list_and_never_a_list()
    {
        for (var length = 0; length < List.Length; length++)
        {
            Assert.False(EndpointSlices.None.TryAddPage(List.AsSpan(0, length), out _, out _, out var problem), $"{length} bytes");
            Assert.Equal(
                (length, length == 0
                    ? "the answer of the API server is not JSON"
                    : "the answer of the API server ends in the middle: half a JSON text"),
                (length, problem.Message));
        }
    }

    [Theory]
    [InlineData("{\"kind\":\"\\ud800\",\"apiVersion\":\"v1\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"kind\":\"\\u0000\"}")]
    public void Escapes_that_are_no_text_are_no_list(string page) =>
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes(page), out _, out _, out _));

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_no_list()
    {
        byte[] page = [.. List];
        page[RealList.IndexOf("kube-dns-7xk2p", StringComparison.Ordinal)] = 0xFF;
        Assert.False(EndpointSlices.None.TryAddPage(page, out _, out _, out var problem));
        Assert.StartsWith("the answer of the API server ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_no_list() =>
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes($"{{\"x\":{new string('[', 100_000)}"), out _, out _, out _));

    [Fact]
    public void A_byte_changed_anywhere_never_throws_and_never_gives_an_empty_list()
    {
        byte[][] texts = [List, Encoding.UTF8.GetBytes(SliceText.Status(410, "x"))];
        byte[] values =
            [0, (byte)'"', (byte)'\\', (byte)'{', (byte)']', (byte)',', (byte)':', (byte)'0', (byte)'-', (byte)'n', 0x7F, 0x80, 0xC3, 0xFF];
        foreach (var text in texts)
        {
            for (var at = 0; at < text.Length; at++)
            {
                // Three of the values at each place, others at the next: an exception for each costs the time.
                for (var turn = 0; turn < 3; turn++)
                {
                    byte[] changed = [.. text];
                    changed[at] = values[((3 * at) + turn) % values.Length];
                    Check(changed);
                }
            }
        }
    }

    private static void Check(byte[] json)
    {
        if (EndpointSlices.None.TryAddPage(json, out var page, out _, out _))
        {
            page.Servers();
            page.Servers("fd00::1");
        }

        Assert.DoesNotContain('\n', ApiProblem.Describe(SliceText.Source, 403, json, null).Message);
    }
}
