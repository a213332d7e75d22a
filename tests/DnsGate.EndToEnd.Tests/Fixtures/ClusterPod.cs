using System.Globalization;
using System.Net;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// The executable in a pod of a cluster: the API server's variables, and a service account where the kubelet mounts it, in a mount
/// namespace of its own. The name servers listen on OpenShift's port, so that nobody can get it right by assuming 53.
/// </summary>
internal sealed class ClusterPod : IAsyncDisposable
{
    public const int DnsPort = 5353;

    private const string Enter = """
        mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount \
          && mount --bind "$0" /run/secrets/kubernetes.io/serviceaccount && mount --bind /dev/null /etc/resolv.conf && exec "$@"
        """;

    private readonly TemporaryDirectory directory = new();
    private readonly Dictionary<string, LoopbackNameServer> servers = [];
    private readonly string token;

    public ClusterPod()
    {
        Machine.NeedsRoot();
        Credentials = KubeCredentials.For(Api, directory.Path);
        token = Api.AcceptedToken;
    }

    public KubeApiServer Api { get; } = new();

    public KubeCredentials Credentials { get; }

    /// <summary>The command that starts the executable, ahead of its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [Executable.Path];

    public LoopbackNameServer this[string address] => servers[address];

    /// <summary>Starts a name server; nobody lists it yet.</summary>
    public LoopbackNameServer Run(string address, Func<ReceivedQuery, Response?> behaviour) =>
        servers[address] = new LoopbackNameServer(behaviour, new IPEndPoint(IPAddress.Parse(address), DnsPort));

    /// <summary>What the API server lists from now on.</summary>
    public void Publish(params string[] addresses) => Api.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", DnsPort, addresses));

    public void Publish(params EndpointSpec[] endpoints) =>
        Api.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", DnsPort) with { Endpoints = endpoints });

    public Child Start(string verb, params string[] options)
    {
        string[] servers = options.Contains("--servers") ? [] : ["--servers", "kube:kube-dns"];
        var arguments = Gate.Arguments(verb, "replaced", [.. servers, .. options]);
        return Child.Start("/usr/bin/unshare", ["-m", "/bin/sh", "-c", Enter, directory.Path, .. Command, .. arguments], Environment);
    }

    public async Task<ProcessResult> RunAsync(string verb, params string[] options)
    {
        await using var child = Start(verb, options);
        var ended = await child.EndAsync();
        Assert.DoesNotContain(token, ended.ToString(), StringComparison.Ordinal);
        return ended;
    }

    public async Task<Verdict> CheckAsync(params string[] options) => new(await RunAsync("check", [.. options, "-o", "json"]));

    /// <summary>Checks in a root with the executable and the service account, and nothing else.</summary>
    public Task<ProcessResult> CheckInAsync(string root)
    {
        var account = Path.Combine(root, "var/run/secrets/kubernetes.io/serviceaccount");
        Directory.CreateDirectory(account);
        File.Copy(Executable.Path, Path.Combine(root, "dnsgate"));
        foreach (var file in new[] { "token", "ca.crt" })
        {
            File.Copy(Path.Combine(directory.Path, file), Path.Combine(account, file));
        }

        return Child.RunAsync("/usr/sbin/chroot", [root, "/dnsgate", .. Gate.Arguments("check", "kube:kube-dns")], Environment);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values)
        {
            await server.DisposeAsync();
        }

        await Api.DisposeAsync();
        directory.Dispose();
    }

    private Dictionary<string, string> Environment => new()
    {
        ["KUBERNETES_SERVICE_HOST"] = Api.Endpoint.Address.ToString(),
        ["KUBERNETES_SERVICE_PORT"] = Api.Port.ToString(CultureInfo.InvariantCulture),
    };
}
