using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>That the members of the ensemble find one another, as the entrypoint of the official image configures them.</summary>
internal static class ZooKeeperRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("ZOO_SERVERS names every pod by its full name, with its ordinal as the id", example =>
            Members(example)
                .Where(member => !Servers(member).SequenceEqual(Pods(member)))
                .Select(member => $"{member}: {string.Join(' ', Pods(member))}")),

        // The image's 8080 of the AdminServer is there whether it is named or not.
        new("every port at which ZooKeeper listens is named, that of its metrics too", example =>
            Members(example)
                .Where(member => !(member.Node.Items("ports").Select(port => port.Number("containerPort"))
                        .SequenceEqual([2181, 2888, 3888, 8080, 7000])
                    && member.Variable("ZOO_CFG_EXTRA").Text("value")
                        == "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider "
                        + "metricsProvider.httpPort=7000"))
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

        // Without it there is no zoo.cfg. The entrypoint keeps a myid that is there, and writes 1 where it is told no other.
        new("the entrypoint of the image runs a script that sets the id and starts ZooKeeper with its zoo.cfg", example => Members(example)
            .Where(member => !((member.Node.At("command") is null
                    || member.Node.Texts("command").SkipWhile(word => word != "--").Skip(1).SequenceEqual(["/docker-entrypoint.sh"]))
                && member.Node.Texts("args").SequenceEqual(
                [
                    "bash", "-c",
                    "echo \"${HOSTNAME##*-}\" > /data/myid && exec zkServer.sh start-foreground "
                        + $"{member.Variable("ZOO_CONF_DIR").Text("value")}/zoo.cfg",
                ])))
            .Select(member => member.ToString())),

        // An environment variable is expanded only where it was defined before.
        new("the namespace is known before ZOO_SERVERS names it", example =>
            Members(example)
                .Where(member => Place(member, "POD_NAMESPACE") is var place && (place < 0 || place > Place(member, "ZOO_SERVERS")))
                .Select(member => member.ToString())),
    ];

    private static IEnumerable<Container> Members(Example example) =>
        example.Containers.Where(container => container.Image.Split(':', '@')[0] == "zookeeper");

    private static string[] Servers(Container member) =>
        (member.Variable("ZOO_SERVERS").Text("value") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Pods(Container member) => member.Pod.Ordinals.Select(ordinal =>
        $"server.{ordinal}={member.Pod.RelativeName(ordinal)}.$(POD_NAMESPACE).svc.cluster.local:2888:3888;2181");

    private static int Place(Container member, string variable) =>
        member.Node.Items("env").Select(item => item.Text("name")).ToList().IndexOf(variable);
}
