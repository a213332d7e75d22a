using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>That the members of the ensemble find one another, as the entrypoint of the official image configures them.</summary>
internal static class ZooKeeperRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("ZOO_SERVERS names every pod by its full name, with its index as the id", example =>
            Members(example)
                .Where(member => !Servers(member).SequenceEqual(Pods(member)))
                .Select(member => $"{member}: {string.Join(' ', Pods(member))}")),

        new("ZOO_MY_ID is the pod's index", example =>
            Members(example)
                .Where(member => member.Variable("ZOO_MY_ID").Text("valueFrom", "fieldRef", "fieldPath")
                    != "metadata.labels['apps.kubernetes.io/pod-index']")
                .Select(member => member.ToString())),

        new("what the entrypoint of the image writes to is a volume", example =>
            Members(example)
                .SelectMany(member => new[] { member.Variable("ZOO_CONF_DIR").Text("value") ?? "/conf", "/data", "/datalog", "/tmp" }
                    .Where(directory => !member.Node
                        .Items("volumeMounts")
                        .Any(mount => mount.Text("mountPath") == directory && mount.Truth("readOnly") is null or false))
                    .Select(directory => $"{member}: {directory}"))),

        // On any other volume a member that comes back has forgotten what it promised the others.
        new("the data of a member outlives its pod", example => Members(example).SelectMany(member => new[] { "/data", "/datalog" }
            .Where(directory => !member.Pod.Owner.Items("spec", "volumeClaimTemplates").Any(claim =>
                member.Node
                    .Items("volumeMounts")
                    .Any(mount => mount.Text("mountPath") == directory && mount.Text("name") == claim.Text("metadata", "name"))))
            .Select(directory => $"{member}: {directory}"))),

        // Without it there is no zoo.cfg.
        new("the entrypoint of the image starts ZooKeeper, in the foreground", example => Members(example)
            .Where(member => !(member.Node.At("command") is null
                ? member.Node.Texts("args").Take(2).SequenceEqual(["zkServer.sh", "start-foreground"])
                : member.Node
                    .Texts("command")
                    .SkipWhile(word => word != "--")
                    .Skip(1)
                    .Take(3)
                    .SequenceEqual(["/docker-entrypoint.sh", "zkServer.sh", "start-foreground"])))
            .Select(member => member.ToString())),

        new("zkServer.sh reads the zoo.cfg that the entrypoint writes", example =>
            Members(example)
                .Where(member => Words(member)[^1] != $"{member.Variable("ZOO_CONF_DIR").Text("value")}/zoo.cfg")
                .Select(member => member.ToString())),

        // An environment variable is expanded only where it was defined before.
        new("the namespace is known before ZOO_SERVERS names it", example =>
            Members(example)
                .Where(member => Place(member, "POD_NAMESPACE") is var place && (place < 0 || place > Place(member, "ZOO_SERVERS")))
                .Select(member => member.ToString())),
    ];

    private static IEnumerable<Container> Members(Example example) =>
        example.Containers.Where(container => container.Image.StartsWith("zookeeper:", StringComparison.Ordinal));

    private static string[] Servers(Container member) =>
        (member.Variable("ZOO_SERVERS").Text("value") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Pods(Container member)
    {
        var set = member.Pod.Owner;
        return Enumerable.Range(set.Number("spec", "ordinals", "start") ?? 0, set.Number("spec", "replicas") ?? 1).Select(index =>
            $"server.{index}={set.Text("metadata", "name")}-"
            + $"{index}.{set.Text("spec", "serviceName")}.$(POD_NAMESPACE).svc.cluster.local:2888:3888;2181");
    }

    private static List<string> Words(Container member) => [.. member.Node.Texts("command"), .. member.Node.Texts("args")];

    private static int Place(Container member, string variable) =>
        member.Node.Items("env").Select(item => item.Text("name")).ToList().IndexOf(variable);
}
