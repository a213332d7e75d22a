using System.Globalization;
using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>
/// Pod Security "restricted" (kubernetes.io/docs/concepts/security/pod-security-standards), which holds "baseline" as well,
/// and what goes beyond it: a read-only root, and a user that is a number.
/// </summary>
internal static class SecurityRules
{
    private static readonly string[] HostNamespaces = ["hostNetwork", "hostPID", "hostIPC"];

    private static readonly string[] VolumeTypes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.OfPods("no pod uses a namespace of its node", (_, pod) => HostNamespaces.All(name => pod.Spec.Truth(name) is null or false)),

        Rule.OfPods("volumes are of the types that restricted allows", (_, pod) => pod.Spec.Items("volumes").All(volume =>
            volume.Keys().Where(key => key != "name").All(VolumeTypes.Contains))),

        Rule.OfContainers("no container has a port of its node", container =>
            container.Node.Items("ports").All(port => port.Number("hostPort") is null or 0)),

        // "" is the pod itself; any other host makes the kubelet a stranger's client.
        Rule.OfContainers("probes and hooks ask only the pod", container =>
            Handlers(container).All(handler => string.IsNullOrEmpty(handler.Text("host")))),

        // The SCC restricted-v2 of OpenShift sets both ids, and refuses those that a manifest sets.
        Rule.OfContainers("every container runs as a numeric user other than root", container =>
            container.Security("runAsNonRoot").Truth() == true
            && (container.Pod.Template.Text("metadata", "annotations", "openshift.io/required-scc") == "restricted-v2"
                ? container.Security("runAsUser") is null && container.Security("runAsGroup") is null
                : container.Security("runAsUser").Number() is > 0 && container.Security("runAsGroup").Number() is > 0)),

        Rule.OfContainers("no container is privileged or may become more than it is", container =>
            container.Node.Truth("securityContext", "allowPrivilegeEscalation") == false
            && container.Node.Truth("securityContext", "privileged") is null or false),

        Rule.OfContainers("every container drops all capabilities and adds none", container =>
            container.Node.Texts("securityContext", "capabilities", "drop").Contains("ALL")
            && container.Node.Items("securityContext", "capabilities", "add").Count == 0),

        Rule.OfContainers("every container has the runtime's seccomp profile", container =>
            container.Security("seccompProfile").Text("type") == "RuntimeDefault"),

        Rule.OfContainers("nothing is set that baseline forbids", container =>
            container.Node.At("securityContext", "procMount") is null
            && container.Security("seLinuxOptions") is null
            && container.Security("windowsOptions") is null
            && container.Security("appArmorProfile") is null
            && container.Pod.Spec.At("securityContext", "sysctls") is null),

        Rule.OfContainers("the root of every container is read-only", container =>
            container.Node.Truth("securityContext", "readOnlyRootFilesystem") == true),

        Rule.OfContainers("every container requests CPU and memory, and has a limit of memory", container =>
            container.Node.Text("resources", "requests", "cpu") is not null
            && container.Node.Text("resources", "requests", "memory") is not null
            && container.Node.Text("resources", "limits", "memory") is not null),

        // The API server refuses the first; the others end in the OOM killer, or in time-outs of a gate that is throttled.
        Rule.OfContainers("no container requests more memory than its limit", container =>
            Bytes(container.Node.Text("resources", "requests", "memory")) <= Bytes(container.Node.Text("resources", "limits", "memory"))),

        Rule.OfContainers("the gate has twice the memory that was measured, and no limit of CPU", container =>
            !container.IsDnsGate || (Bytes(container.Node.Text("resources", "limits", "memory")) >= 64L << 20
                && container.Node.At("resources", "limits", "cpu") is null)),

        Rule.OfContainers("a heap leaves a quarter of the limit to the JVM itself", container =>
            new[] { "ZK_SERVER_HEAP", "HBASE_HEAPSIZE" }
                .Select(name => container.Variable(name).Text("value")).OfType<string>()
                .All(heap => long.Parse(heap, CultureInfo.InvariantCulture) << 20
                    <= Bytes(container.Node.Text("resources", "limits", "memory")) / 4 * 3)),

        // A volume of a claim belongs to root, unless the kubelet gives it to a group.
        Rule.OfPods("the application can write to the volumes of its claims", (_, pod) =>
            pod.Owner.Items("spec", "volumeClaimTemplates").Count == 0
            || (pod.Spec.Number("securityContext", "fsGroup") is > 0 and var group
                && group == pod.Spec.Number("securityContext", "runAsGroup"))),

        // install writes the new one next to the old one.
        Rule.OfPods("there is room for the executable twice where it is installed, and only install writes there", (_, pod) =>
            pod.Containers
                .SelectMany(container => container.Node.Items("volumeMounts"), (container, mount) => (container, mount))
                .Where(at => at.mount.Text("mountPath") == "/dnsgate-bin")
                .All(at => (at.container.Main is { Verb: "install" } || at.mount.Truth("readOnly") == true)
                    && pod.Spec.Items("volumes").Any(volume =>
                        volume.Text("name") == at.mount.Text("name")
                        // An image volume is read-only, and has the executable already.
                        && (volume.At("image") is not null || Bytes(volume.Text("emptyDir", "sizeLimit")) >= 48L << 20)))),

        Rule.OfContainers("what is mounted is a volume of the pod", container =>
            container.Node.Items("volumeMounts").All(mount => container.Pod.Volumes.Contains(mount.Text("name")))),

        Rule.OfPods("an emptyDir has a limit", (_, pod) =>
            pod.Spec.Items("volumes").All(volume => volume.At("emptyDir") is not { } empty || empty.Text("sizeLimit") is not null)),

        Rule.OfPods("a token is mounted only where the API is asked", (_, pod) => pod.Spec.Truth("automountServiceAccountToken") == false),
    ];

    private static long? Bytes(string? quantity) => quantity is null ? null
        : quantity.EndsWith("Mi", StringComparison.Ordinal) ? long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << 20
        : quantity.EndsWith("Gi", StringComparison.Ordinal) ? long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << 30
        : null;

    private static IEnumerable<JsonNode> Handlers(Container container)
    {
        JsonNode?[] holders = [.. Container.Probes.Select(name => container.Node.At(name)),
            container.Node.At("lifecycle", "postStart"), container.Node.At("lifecycle", "preStop")];
        return holders.SelectMany(holder => new[] { holder.At("httpGet"), holder.At("tcpSocket") }).OfType<JsonNode>();
    }
}
