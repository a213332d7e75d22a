using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Handbook;

/// <summary>
/// What is wrong in each entry of the handbook, by its heading. Beside that all is well: three CoreDNS pods and kube-dns are
/// right, the API lists the pods, /etc/hosts is the kubelet's.
/// </summary>
internal static class HandbookScenes
{
    private const string OtherService = "zk-0.zk.prod.svc.cluster.local";
    private const string OtherPod = "web-1.web.shop.svc.cluster.local";

    // Where somebody is silent.
    private const string Hasty = "700ms";

    private static readonly string[] AtOnce = ["--settle", "0", "--rounds", "1", "--watch-interval", "1s", "--log-level", "error"];

    public static readonly IReadOnlyDictionary<string, Func<WholePod, Task>> All = new Dictionary<string, Func<WholePod, Task>>
    {
        ["What explain prints"] = pod => One(pod, Pod.Stale),

        ["name-missing"] = pod => One(pod, Pod.Missing),
        ["no-address"] = pod => One(pod, PodZone.For(Pod.Name)),
        ["stale-address"] = pod => One(pod, Pod.Stale),
        ["extra-address"] = pod => One(pod, Pod.Right.WithExtra(Pod.OldIp)),
        ["missing-address"] = pod =>
        {
            pod.Environment["POD_IPS"] = $"{Pod.Ip},{Pod.Ip6}";
            pod.All(Pod.DualStack);
            return One(pod, Pod.Right);
        },
        ["reverse-missing"] = pod => One(pod, Pod.Right.WithPtr()),
        ["reverse-mismatch"] = pod => One(pod, Pod.Right.WithPtr(OtherPod)),
        ["reverse-extra"] = pod => One(pod, Pod.Right.WithPtr(Pod.Name, "10-244-1-7.zk.prod.svc.cluster.local")),
        ["reverse-forwarded"] = pod => One(pod, Pod.Right.WithPtr("ip-10-244-1-7.eu-west-1.compute.internal").WithReverseForwarded()),
        ["refused"] = pod => One(pod, Misbehaving.Error(Rcode.Refused)),
        ["server-failure"] = pod => One(pod, Misbehaving.Error(Rcode.ServFail)),
        ["malformed"] = pod => One(pod, Misbehaving.CutRecord(Pod.Right)),
        ["timed-out"] = pod =>
        {
            pod.Environment[WholePod.QueryTimeout] = Hasty;
            return One(pod, Misbehaving.Silent());
        },
        ["unreachable"] = pod => pod.EndAsync(2),
        ["cut-off"] = Slow,
        ["not-sent"] = pod => pod.UseUpUdpPortsAsync(),
        ["ttl-zero"] = pod => One(pod, Pod.Right.WithTtl(0)),
        ["no-servers"] = pod =>
        {
            pod.ResolvConf = "search prod.svc.cluster.local svc.cluster.local cluster.local\n";
            return Task.CompletedTask;
        },
        ["discovery-failed"] = _ => Task.CompletedTask,
        ["also-wrong"] = _ => Task.CompletedTask,
        ["peer-missing"] = _ => Task.CompletedTask,
        ["disabled"] = Disabled,
        ["agrees"] = _ => Task.CompletedTask,

        ["node-cache-stale"] = pod =>
        {
            pod.Run(WholePod.NodeCache, Pod.Stale);
            pod.ResolvConf = KubeletFiles.ResolvConf(WholePod.NodeCache);
            return Task.CompletedTask;
        },
        ["aaaa-nxdomain"] = pod =>
        {
            pod.All(Misbehaving.NxDomainFor(RrType.Aaaa, Pod.Right));
            return Task.CompletedTask;
        },
        ["reverse-refused"] = pod =>
        {
            pod.All(Misbehaving.ForType(RrType.Ptr, Misbehaving.Error(Rcode.Refused), Pod.Right));
            return Task.CompletedTask;
        },
        ["reverse-unanswered"] = pod =>
        {
            pod.Environment[WholePod.QueryTimeout] = Hasty;
            pod.All(Misbehaving.ForType(RrType.Ptr, Misbehaving.Silent(), Pod.Right));
            return Task.CompletedTask;
        },
        ["second-service"] = pod => One(pod, Pod.Right.WithPtr(Pod.Name, "10-244-1-7.zk.prod.svc.cluster.local")),
        ["round-cut-off"] = Slow,
        ["none-ready"] = pod =>
        {
            pod.Kube.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", WholePod.DnsPort) with
            {
                Endpoints = [.. WholePod.Endpoints.Select(address => new EndpointSpec(address) { Ready = false })],
            });
            return Task.CompletedTask;
        },
        ["port-closed"] = async pod =>
        {
            for (var number = 0; number < WholePod.Endpoints.Length; number++)
            {
                await pod.EndAsync(number);
            }
        },
        ["address-not-on-interface"] = pod =>
        {
            pod.Environment["POD_IPS"] = "192.168.7.4";
            return Task.CompletedTask;
        },
        ["name-of-another-pod"] = pod =>
        {
            pod.Environment["DNSGATE_NAME"] = "zk-1.zk-headless.prod.svc.cluster.local";
            pod.All(PodZone.For("zk-1.zk-headless.prod.svc.cluster.local", Pod.OldIp));
            return Task.CompletedTask;
        },
        ["hosts-overrides-name"] = pod =>
        {
            pod.Hosts += "\n# Entries added by HostAliases.\n10.9.9.9\tzk-0.zk-headless\n";
            return Task.CompletedTask;
        },
        ["network-policy"] = pod =>
        {
            pod.Environment[WholePod.QueryTimeout] = Hasty;
            pod.Endpoint(Misbehaving.Silent());
            return Task.CompletedTask;
        },
        ["dns-outage"] = pod =>
        {
            pod.Environment[WholePod.QueryTimeout] = Hasty;
            pod.All(Misbehaving.Silent());
            return Task.CompletedTask;
        },
        ["not-cluster-dns"] = pod =>
        {
            // A resolver of the company's, which knows no cluster.
            pod.Run(WholePod.Stranger, Misbehaving.Error(Rcode.NxDomain));
            pod.ResolvConf = $"nameserver {WholePod.Stranger}\n";
            return Task.CompletedTask;
        },
        ["ptr-names-another-service"] = pod =>
        {
            pod.All(Pod.Right.WithPtr(OtherService));
            return Task.CompletedTask;
        },
        ["address-reused"] = pod => One(pod, Pod.Right.WithPtr(OtherPod)),
        ["spelling-not-shadowed"] = _ => Task.CompletedTask,
        ["not-a-member"] = pod =>
        {
            pod.All(Pod.Right.WithRecord(Rr.Address("zk-0.zk-headles.prod.svc.cluster.local", System.Net.IPAddress.Parse(Pod.OldIp), 30)));
            return Task.CompletedTask;
        },

        ["Startup probe failed"] = pod => Serving(pod, Pod.Stale, "closed: 1 of 3 DNS servers disagrees", "startup"),
        ["No sidecar answers"] = _ => Task.CompletedTask,
        ["Cannot install"] = _ => Task.CompletedTask,
        ["Own name unknown"] = pod =>
        {
            pod.Hosts = pod.Hosts.Replace(WholePod.OwnLine, $"{Pod.Ip}\tzk-0\n", StringComparison.Ordinal);
            return Task.CompletedTask;
        },
        ["Own name unclear"] = pod =>
        {
            pod.Hosts = pod.Hosts.Replace(WholePod.OwnLine, $"{Pod.Ip}\tkdc1.example.com\tkdc1\n", StringComparison.Ordinal);
            return Task.CompletedTask;
        },
        ["Own address unclear"] = pod =>
        {
            pod.Environment.Remove("POD_IPS");
            pod.Hosts += $"{Pod.OldIp}\t{Pod.Name}\tzk-0\n";
            return Task.CompletedTask;
        },
        ["Unknown option or bad value"] = _ => Task.CompletedTask,
        ["The time is up (124)"] = pod => One(pod, Pod.Stale),
        ["CMD cannot be run (126, 127)"] = _ => Task.CompletedTask,
        ["Not bound"] = pod =>
        {
            pod.Listen(Pod.OldIp, 3888);
            return Task.CompletedTask;
        },
        ["Drift after the opening"] = async pod =>
        {
            await Serving(pod, Pod.Right, "open: ", "ready");
            pod[1].Behaviour = Pod.Stale;
            await SaysAsync(pod, "no longer agrees", "ready");
        },
        ["The API server says 403"] = pod =>
        {
            pod.Kube.IsForbidden = true;
            return Task.CompletedTask;
        },
        ["The API server says 401"] = pod =>
        {
            pod.Kube.AcceptedToken = "another";
            return Task.CompletedTask;
        },
        ["The API server says 404"] = pod =>
        {
            pod.Kube.Fault = KubeMisbehaving.Answers(KubeResponse.NotFoundPage());
            return Task.CompletedTask;
        },
        ["The API server does not answer"] = pod =>
        {
            // Half of it is waited for an answer.
            pod.Environment["DNSGATE_TIMEOUT"] = "2s";
            pod.Kube.Stop();
            return Task.CompletedTask;
        },
        ["No service account token"] = pod =>
        {
            pod.Account.Remove("token");
            return Task.CompletedTask;
        },
        ["Coverage is only sampled"] = pod =>
        {
            pod.Kube.IsForbidden = true;
            return Task.CompletedTask;
        },
    };

    private static Task Disabled(WholePod pod)
    {
        pod.Environment["DNSGATE_DISABLED"] = "incident 42";
        return Task.CompletedTask;
    }

    /// <summary>Every answer takes a second, and there are three: too little for all of a round.</summary>
    private static Task Slow(WholePod pod)
    {
        pod.Environment["DNSGATE_TIMEOUT"] = "3s";
        pod.All(Misbehaving.Late(TimeSpan.FromSeconds(1), Pod.Right));
        return Task.CompletedTask;
    }

    /// <summary>The last of the three CoreDNS pods is another.</summary>
    private static Task One(WholePod pod, Func<ReceivedQuery, Response?> behaviour)
    {
        pod[2].Behaviour = behaviour;
        return Task.CompletedTask;
    }

    /// <summary>A sidecar that has come to say this.</summary>
    private static Task Serving(WholePod pod, Func<ReceivedQuery, Response?> last, string says, string probe)
    {
        pod[2].Behaviour = last;
        pod.Start(["serve", .. AtOnce]);
        return SaysAsync(pod, says, probe);
    }

    private static async Task SaysAsync(WholePod pod, string says, string probe)
    {
        var last = await pod.RunAsync("probe", probe);
        Assert.True(
            await Eventually.HappensAsync(
                async () => (last = await pod.RunAsync("probe", probe)).Stdout.Contains(says, StringComparison.Ordinal), Eventually.Limit),
            last.ToString());
    }
}
