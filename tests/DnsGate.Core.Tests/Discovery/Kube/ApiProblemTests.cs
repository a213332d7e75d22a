using System.Buffers.Text;
using System.Text;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery.Kube;

/// <summary>What an answer that is no list means, and what to do about it.</summary>
public sealed class ApiProblemTests
{
    private static readonly ServiceAccount Own = new("prod", "zookeeper");

    [Theory]
    [InlineData(401, "", DiscoveryFault.Unauthorized, "the API server does not accept this pod's service account token (401)")]
    [InlineData(404, "", DiscoveryFault.NotFound,
        "the API server knows no EndpointSlices of discovery.k8s.io/v1 (404): it is older than Kubernetes 1.21, or no API server")]
    [InlineData(410, "too old", DiscoveryFault.Unreachable, "the API server no longer knows the list that was being read (410): too old")]
    [InlineData(429, "", DiscoveryFault.Unreachable, "the API server is too busy to answer (429)")]
    [InlineData(500, "etcd\\n\\u001b[2J", DiscoveryFault.Unreachable, "the API server failed (500): etcd\\010\\027[2J")]
    [InlineData(503, "", DiscoveryFault.Unreachable, "the API server failed (503)")]
    [InlineData(302, "", DiscoveryFault.Unreachable,
        "the answer is a redirect (302), which is not followed: what answers there is no API server")]
    [InlineData(204, "", DiscoveryFault.Unreachable, "the API server gave the unexpected status 204")]
    [InlineData(400, "bad", DiscoveryFault.Unreachable, "the API server gave the unexpected status 400: bad")]
    [InlineData(403, "", DiscoveryFault.Forbidden,
        "service account prod/zookeeper may not list EndpointSlices in namespace kube-system (403): it needs the Role dnsgate")]
    [InlineData(403, "blocked by policy", DiscoveryFault.Forbidden,
        "service account prod/zookeeper may not list EndpointSlices in namespace kube-system (403): it needs the "
        + "Role dnsgate: blocked by policy")]
    internal void Each_status_is_its_own_problem(int status, string message, DiscoveryFault fault, string says)
    {
        var problem = Describe(status, SliceText.Status(status, message));
        Assert.Equal((fault, says), (problem.Fault, problem.Message));
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"kind\":\"Status\",\"mess")]
    [InlineData("{\"kind\":\"Pod\",\"message\":\"x\"}")]
    [InlineData("{\"kind\":\"Status\",\"message\":7}")]
    public void A_body_that_is_no_Status_says_nothing(string body) =>
        Assert.Equal("the API server failed (500)", Describe(500, body).Message);

    [Fact]
    public void What_the_peer_says_without_end_is_cut() =>
        Assert.Equal(
            $"the API server failed (500): {new string('x', 200)}...",
            Describe(500, SliceText.Status(500, new string('x', 9_000))).Message);

    [Fact]
    public void A_403_gives_the_whole_Role_to_paste_bound_to_whom_the_API_server_takes_the_pod_for()
    {
        var problem = Describe(403, Forbidden("system:serviceaccount:team-a:dns.gate"));

        Assert.Equal(
            "service account team-a/dns.gate may not list EndpointSlices in namespace kube-system (403): it needs the Role dnsgate",
            problem.Message);
        Assert.Equal("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: Role
              metadata:
                name: dnsgate
                namespace: "kube-system"
              rules:
              - apiGroups: ["discovery.k8s.io"]
                resources: ["endpointslices"]
                verbs: ["list"]
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata:
                name: "dnsgate:team-a:dns.gate"
                namespace: "kube-system"
              roleRef:
                apiGroup: rbac.authorization.k8s.io
                kind: Role
                name: dnsgate
              subjects:
              - kind: ServiceAccount
                name: "dns.gate"
                namespace: "team-a"
            """, problem.Remedy);
    }

    [Theory]
    [InlineData("system:anonymous")]
    [InlineData("system:serviceaccount:prod")]
    [InlineData("system:serviceaccount::x")]
    [InlineData("system:serviceaccount:prod:")]
    [InlineData("system:serviceaccount:prod:x:y")]
    [InlineData("system:serviceaccount:prod:X")]
    [InlineData("system:serviceaccount:prod:x..y")]
    [InlineData("system:serviceaccount:pr.od:x")]
    [InlineData("system:serviceaccount:prod:-x")]
    [InlineData("system:serviceaccount:prod:x\\n  evil: true")]
    [InlineData("System:serviceaccount:prod:x")]
    public void A_user_of_any_other_form_is_not_pasted_into_YAML(string user)
    {
        var problem = Describe(403, Forbidden(user));
        Assert.Equal(AccessRole.Yaml(SliceText.Source, Own), problem.Remedy);
        Assert.StartsWith("service account prod/zookeeper may not list", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_nobody_knows_the_account_the_YAML_says_what_to_fill_in()
    {
        var problem = ApiProblem.Describe(SliceText.Source, 403, [], null);
        Assert.StartsWith("this pod's service account may not list", problem.Message, StringComparison.Ordinal);
        Assert.Contains("name: \"<SERVICE ACCOUNT OF THE POD>\"", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"sub\":\"system:serviceaccount:prod:zookeeper\",\"iss\":\"x\"}", "other", "prod/zookeeper")]
    [InlineData("{\"sub\":\"alice\"}", "other\n", "other/default")]
    [InlineData("{\"sub\":7}", "other", "other/default")]
    [InlineData("{\"sub\":\"system:serviceaccount:prod:zoo", "other", "other/default")]
    [InlineData("no JSON", "Other", null)]
    [InlineData("{}", "", null)]
    public void The_pods_own_files_name_its_account(string claims, string ns, string? account)
    {
        var token = $"eyJhbGciOiJub25lIn0.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
        Assert.Equal(account, Text(ServiceAccount.Parse(token, ns)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.!!!.c")]
    [InlineData("a.b.c")]
    public void What_is_no_token_names_nobody(string? token)
    {
        Assert.Null(ServiceAccount.Parse(token, null));
        Assert.Equal("prod/default", Text(ServiceAccount.Parse(token, "prod")));
    }

    private static DiscoveryProblem Describe(int status, string body) =>
        ApiProblem.Describe(SliceText.Source, status, Encoding.UTF8.GetBytes(body), Own);

    private static string Forbidden(string user) =>
        SliceText.Status(403,
            $"endpointslices.discovery.k8s.io is forbidden: User \\\"{user}\\\" cannot list resource \\\"endpointslices\\\" in API group "
            + "\\\"discovery.k8s.io\\\" in the namespace \\\"kube-system\\\"");

    private static string? Text(ServiceAccount? account) => account is null ? null : $"{account.Namespace}/{account.Name}";
}
