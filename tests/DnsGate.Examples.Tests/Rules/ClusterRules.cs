using System.Text.Json.Nodes;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>How the objects of an example hang together.</summary>
internal static class ClusterRules
{
    private static readonly string Readme = File.ReadAllText(Repository.File("k8s-examples/README.md"));

    private const string TokenDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    // HBase has no official image: the README says that this is a placeholder too.
    private static readonly string[] Applications =
    [
        "zookeeper:3.9.5", "registry.k8s.io/pause:3.10", "hbase:VERSION", "apache/kafka:4.1.1",
        "clickhouse/clickhouse-keeper:25.8.29.51", "pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime",
    ];

    // The one ClusterRole of all gates, from the example that everyone applies once.
    private static readonly JsonNode SharedRole =
        Yaml.Read(File.ReadAllText(Repository.File("k8s-examples/name-servers/role/rbac.yaml")))[0];

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.OfContainers(
            "every image has its full version as its tag or a digest, and that of DnsGate is what kustomize replaces", container =>
                container.Image.Split("@sha256:") is [var name, { Length: 64 }]
                    ? name == "dnsgate" || Applications.Any(image => image.Split(':')[0] == name)
                    : container.IsDnsGate ? container.Image == $"dnsgate:{Example.Version}" : Applications.Contains(container.Image)),

        Rule.OfPods("pods are those of a StatefulSet that starts them in parallel, 30 s apart in a rollout, or of a Job", (_, pod) =>
            pod.IsOfJob
            || (pod.Owner.Text("kind") == "StatefulSet"
                && (IsStandIn(pod)
                    || (pod.Owner.Text("spec", "podManagementPolicy") == "Parallel"
                        && pod.Owner.Number("spec", "minReadySeconds") >= 30)))),

        Rule.OfPods("the selector of the StatefulSet selects its pods", (_, pod) =>
            pod.IsOfJob || pod.Owner.At("spec", "selector", "matchLabels").Selects(Labels(pod))),

        Rule.OfPods("serviceName names a headless Service over the pods, and it publishes them before they are Ready", (example, pod) =>
            example.Load("Service").Any(service => service.Text("metadata", "name") == pod.ServiceName
                && service.Text("spec", "clusterIP") == "None"
                && service.Truth("spec", "publishNotReadyAddresses") == true
                && service.At("spec", "selector").Selects(Labels(pod)))),

        new("a Service with an address is for pods that are Ready", example => example.Load("Service")
            .Where(service => service.Text("spec", "clusterIP") != "None" && service.Truth("spec", "publishNotReadyAddresses") is not null)
            .Select(service => service.Text("metadata", "name")!)),

        new("a Service selects pods of the example, at ports that they have", example =>
            example.Pods.Count == 0 ? [] : example.Load("Service")
                .Where(service => !example.Pods.Any(pod =>
                    service.At("spec", "selector").Selects(Labels(pod)) && service.Items("spec", "ports").All(port => Has(pod, port))))
                .Select(service => service.Text("metadata", "name")!)),

        new("a port of a Service leads to the port of that name", example =>
            example.Pods.Count == 0 ? [] : example.Load("Service").SelectMany(service => service.Items("spec", "ports")
                .Where(port => !example.Containers
                    .SelectMany(container => container.Node.Items("ports"))
                    .Any(own => own.Text("name") == port.Text("name") && IsTarget(own, port)))
                .Select(port => $"{service.Text("metadata", "name")}: {port.Text("name")}"))),

        // With another policy or entries of its own a pod would be told otherwise than its clients are, or have another name.
        Rule.OfPods("pods have the name and the DNS servers that Kubernetes gives them", (_, pod) =>
            pod.Spec.Text("dnsPolicy") is null or "ClusterFirst"
            && (pod.IsOfJob || pod.Spec.At("subdomain") is null)
            && new[] { "dnsConfig", "hostAliases", "hostname", "setHostnameAsFQDN" }.All(name => pod.Spec.At(name) is null)),

        Rule.OfPods("pods that are no members of a quorum are spread over the nodes", (_, pod) =>
            pod.Owner.Text("metadata", "name") == "application"
            || IsStandIn(pod)
            || pod.IsOfJob
            || MemberRules.IsQuorum(pod)
            || pod.Spec.Items("topologySpreadConstraints").Any(constraint =>
                constraint.Text("topologyKey") == "kubernetes.io/hostname"
                && constraint.At("labelSelector", "matchLabels").Selects(Labels(pod)))),

        Rule.OfPods("a single file that is mounted is one of the ConfigMap", (example, pod) =>
            pod.Containers.SelectMany(container => container.Node.Items("volumeMounts"))
                .Where(mount => mount.Text("subPath") is not null)
                .All(mount => Path.GetFileName(mount.Text("mountPath")) == mount.Text("subPath")
                    && pod.Spec.Items("volumes").Any(volume => volume.Text("name") == mount.Text("name")
                        && example.Load("ConfigMap").Any(map => map.Text("metadata", "name") == volume.Text("configMap", "name")
                            && map.Text("data", mount.Text("subPath")!) is not null)))),

        Rule.OfPods("with Kerberos the gate demands one PTR record, and krb5.conf is where Java looks", (_, pod) =>
            !pod.Containers.SelectMany(container => container.Node.Items("volumeMounts")).Any(mount => mount.Text("subPath") == "krb5.conf")
            || (Specs(pod).All(spec => spec.Reverse == ReversePolicy.Only)
                && pod.Containers
                    .SelectMany(container => container.Node.Items("volumeMounts"))
                    .Any(mount => mount.Text("mountPath") == "/etc/krb5.conf"))),

        new("a Secret that people have to make is in the README", example => example.Pods.SelectMany(pod => pod.Spec.Items("volumes"))
            .Select(volume => volume.Text("secret", "secretName"))
            .OfType<string>()
            .Where(name => !Readme.Contains($"`{name}`", StringComparison.Ordinal))),

        Rule.OfPods("one pod at a time is evicted, and no more", (example, pod) =>
            IsStandIn(pod) || pod.IsOfJob || example.Load("PodDisruptionBudget").Any(budget =>
                budget.Number("spec", "maxUnavailable") == 1 && budget.At("spec", "selector", "matchLabels").Selects(Labels(pod)))),

        Rule.OfPods("pods have time to end", (_, pod) => IsStandIn(pod) || pod.Spec.Number("terminationGracePeriodSeconds") >= 30),

        Rule.OfPods("under --reverse only no second Service selects the pods", (example, pod) =>
            !Specs(pod).Any(spec => spec.Reverse == ReversePolicy.Only)
            || example.Load("Service").Count(service => service.At("spec", "selector").Selects(Labels(pod))) == 1),

        Rule.OfPods("a gate that is told to ask the Kubernetes API has a token and may list what it asks for", (example, pod) =>
            pod.Containers
                .Where(container => container.Gate is not null)
                .SelectMany(
                    container => container.Gate!.Reader.Read(Invocation.DefaultTimeout).Servers.OfType<ServerSource.Kube>(),
                    (container, source) => (container, source))
                .All(asked => HasToken(asked.container)
                    && example.Load("RoleBinding")
                        .Any(binding => Grants(binding, asked.source.Namespace) && IsFor(binding, pod)))),

        new("the subject of a RoleBinding is the service account of the pods, which is made here", example =>
            example.Pods.Count == 0 ? [] : example.Load("RoleBinding")
                .Where(binding => !example.Pods.Any(pod => IsFor(binding, pod)) || !example.Load("ServiceAccount").Any(account =>
                    account.Text("metadata", "name") == binding.Items("subjects")[0].Text("name")
                    && account.Text("metadata", "namespace") == binding.Items("subjects")[0].Text("namespace")))
                .Select(binding => binding.Text("metadata", "name")!)),

        // OpenShift has its DNS pods in a namespace of their own.
        new("a RoleBinding is where the DNS pods are and names the ClusterRole of name-servers/role", example => example.Load("RoleBinding")
            .Where(binding => !Grants(binding, "kube-system") && !Grants(binding, "openshift-dns"))
            .Select(binding => binding.Text("metadata", "name")!)),

        // Otherwise kubectl delete -k of one example takes the permission of all gates.
        new("the ClusterRole that gates share is in no example with other objects", example =>
            example.Objects.Count == 1 ? [] : example.Load("ClusterRole").Concat(example.Load("Role"))
                .Select(role => role.Text("metadata", "name")!)),

        new("a ClusterRole may list EndpointSlices and nothing else", example => example.Load("ClusterRole")
            .Where(role => !(role.Items("rules") is [var rule]
                && rule.Texts("apiGroups").SequenceEqual(["discovery.k8s.io"])
                && rule.Texts("resources").SequenceEqual(["endpointslices"])
                && rule.Texts("verbs").SequenceEqual(["list"])))
            .Select(role => role.Text("metadata", "name")!)),

        // The program's own text has the name; the ports are the names of its SRV records.
        new("the Service over the CoreDNS pods is the one that the program looks for", example =>
            example.Pods.Count > 0 ? [] : example.Load("Service")
                .Where(service => !OptionTable.Servers.Meaning.Contains(
                    $"headless:{service.Text("metadata", "name")}.NS.svc.", StringComparison.Ordinal)
                    // Where no PTR names another namespace (docs/reference.md).
                    || service.Text("metadata", "namespace") != "kube-system"
                    || service.Text("spec", "clusterIP") != "None"
                    || service.Text("spec", "selector", "k8s-app") != "kube-dns"
                    || !service.Items("spec", "ports")
                        .Select(port => (port.Text("name"), port.Text("protocol"), port.Number("port"), port.Text("targetPort")))
                        .SequenceEqual([("dns", "UDP", 53, "dns"), ("dns-tcp", "TCP", 53, "dns-tcp"), ("dns-udp", "UDP", 54, "dns-udp")]))
                .Select(service => service.Text("metadata", "name")!)),

        new("a NetworkPolicy lets the gate ask every CoreDNS pod, and Prometheus ask the sidecar", example =>
            example.Load("NetworkPolicy")
                .Where(policy => !policy.Items("spec", "egress").Any(rule =>
                    rule.Items("to").Any(peer =>
                        peer.Text("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") == "kube-system"
                        && peer.Text("podSelector", "matchLabels", "k8s-app") == "kube-dns")
                    && Ports(rule).SequenceEqual([("UDP", 53), ("TCP", 53)]))
                    || !policy.Items("spec", "ingress").Any(rule => Ports(rule).SequenceEqual([("TCP", (int?)DefaultPort)])))
                .Select(policy => policy.Text("metadata", "name")!)),

        new("Prometheus looks into every namespace", example => example.Load("PodMonitor")
            .Where(monitor => monitor.Truth("spec", "namespaceSelector", "any") != true)
            .Select(monitor => monitor.Text("metadata", "name")!)),

        new("what ExternalDNS publishes lives for a minute", example =>
            example.Load("Service").Select(service => service.At("metadata", "annotations"))
                .Where(annotations => annotations.Text("external-dns.alpha.kubernetes.io/hostname") is not null
                    && annotations.Text("external-dns.alpha.kubernetes.io/ttl") != "60")
                .Select(annotations => annotations!.ToJsonString())),

        new("ExternalDNS publishes the names that a gate waits for outside the cluster", example =>
            example.Pods.SelectMany(pod => Specs(pod).SelectMany(spec => spec.External)
                .Where(external => !example.Load("Service")
                    .Any(service => service.At("metadata", "annotations").Text("external-dns.alpha.kubernetes.io/hostname") is { } domain
                        && external.ToString().StartsWith($"{{pod}}.{domain}@", StringComparison.Ordinal)))
                .Select(external => $"{pod}: {external}"))),
    ];

    private static int DefaultPort =>
        new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>>(), _ => null).ReadListen().Port;

    private static IEnumerable<(string?, int?)> Ports(JsonNode rule) =>
        rule.Items("ports").Select(port => (port.Text("protocol"), port.Number("port")));

    private static JsonNode? Labels(Pod pod) => pod.Template.At("metadata", "labels");

    private static IEnumerable<GateOptions> Specs(Pod pod) =>
        pod.Containers.Select(container => container.Gate).OfType<Invocation>().Select(gate => gate.Reader.Read(Invocation.DefaultTimeout));

    private static bool Has(Pod pod, JsonNode port) =>
        pod.Containers.SelectMany(container => container.Node.Items("ports")).Any(own => IsTarget(own, port));

    /// <summary>
    /// Whether a port of a container is what a port of a Service sends to, by its name or its number; where
    /// that says nothing it is the Service's own.
    /// </summary>
    private static bool IsTarget(JsonNode own, JsonNode port) =>
        (port.Text("targetPort") ?? port.Text("port")) is { } target && (own.Text("name") == target || own.Text("containerPort") == target);

    private static bool HasToken(Container container) =>
        container.Node.Items("volumeMounts").Where(mount => mount.Text("mountPath") == TokenDirectory).Any(mount =>
            container.Pod.Spec.Items("volumes").Any(volume => volume.Text("name") == mount.Text("name")
                && volume.Items("projected", "sources").Any(source => source.Text("serviceAccountToken", "path") == "token")
                && volume
                    .Items("projected", "sources")
                    .SelectMany(source => source.Items("configMap", "items"))
                    .Any(item => item.Text("path") == "ca.crt")));

    private static bool Grants(JsonNode binding, string where) =>
        binding.Text("metadata", "namespace") == where
        && (binding.Text("roleRef", "kind"), binding.Text("roleRef", "apiGroup")) == ("ClusterRole", "rbac.authorization.k8s.io")
        && binding.Text("roleRef", "name") == SharedRole.Text("metadata", "name");

    private static bool IsFor(JsonNode binding, Pod pod) => binding.Items("subjects").Any(subject =>
        subject.Text("kind") == "ServiceAccount"
        && subject.Text("name") == pod.Spec.Text("serviceAccountName")
        && subject.Text("namespace") == pod.Owner.Text("metadata", "namespace"));

    /// <summary>Whether the application is a stand-in that does nothing (quickstart): it has no quorum to protect.</summary>
    private static bool IsStandIn(Pod pod) =>
        pod.Containers.Any(container =>
            container.Node.Text("image")?.StartsWith("registry.k8s.io/pause:", StringComparison.Ordinal) == true);
}
