using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>How long the kubelet waits, compared with how long the program takes.</summary>
internal static partial class ProbeRules
{
    // What the program allows itself: check and probe 800 ms, bound --held (README).
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(800);

    // Longer, and a stuck gate is not noticed.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.OfGates("serve has a startupProbe that asks it, for as long as wait would wait, and no longer than an hour", gate =>
            gate.Verb != "serve" || (AsksStartup(gate.Container) && Budget(gate.Container.Node.At("startupProbe")) is var budget
                && budget >= gate.Reader.Read(Invocation.DefaultTimeout).Timeout.Limit && budget <= Patience)),

        // A slower one adds its pause to every start, one that begins late all of its delay. Each exec costs the kubelet CPU.
        Rule.OfGates("the startupProbe of serve begins at once and asks every 2 or 3 seconds", gate =>
            gate.Verb != "serve" || gate.Container.Node.At("startupProbe") is not { } probe
                || (Seconds(probe, "initialDelaySeconds", 0) == TimeSpan.Zero && probe.Number("periodSeconds") is 2 or 3)),

        // The kubelet's default is 1 s: a busy node takes longer.
        new("a probe has a timeout of 2 s at least", example => example.Containers.SelectMany(container => Container.Probes
            .Where(probe => container.Node.At(probe) is { } node && (node.Number("timeoutSeconds") ?? 1) < 2)
            .Select(probe => $"{container}: {probe}"))),

        // /readyz is closed again after a restart of the sidecar: it would take a running pod out of its Services.
        Rule.OfGates("the livenessProbe of serve asks whether it lives, and there is no readinessProbe", gate =>
            gate.Verb != "serve" || (gate.Container.Node.Text("livenessProbe", "httpGet", "path") == "/livez"
                && gate.Container.Node.At("readinessProbe") is null)),

        Rule.OfGates(
            "the kubelet can reach serve at the pod's address", gate => gate.Verb != "serve" || gate.Reader.ReadListen().Address is null),

        Rule.OfContainers("the probes of the application ask ports that its container has", container =>
            container.IsDnsGate || PortsOfProbes(container).All(asked =>
                container.Node.Items("ports").Any(port => port.Text("name") == asked || port.Text("containerPort") == asked))),

        Rule.OfGates("a startupProbe in the container of run outlasts the timeout of run", gate =>
            gate.Verb != "run"
            || gate.Container.Node.At("startupProbe") is not { } probe
            || Kills(probe) > gate.Reader.Read(Invocation.DefaultTimeout).Timeout.Limit),

        Rule.OfGates("a livenessProbe in the container of run waits for a startupProbe", gate =>
            gate.Verb != "run" || gate.Container.Node.At("livenessProbe") is null || gate.Container.Node.At("startupProbe") is not null),

        new("the timeoutSeconds of a probe exceed the deadline of its verb", example =>
            example.Invocations.Where(invocation =>
                invocation.Probe is not null && Seconds(invocation.Probe, "timeoutSeconds", 1) <= DeadlineOf(invocation))
                .Select(invocation => invocation.ToString())),

        new("HTTP probes ask an endpoint of the sidecar at its own port", example =>
            example.Containers.Where(container => container.IsDnsGate).SelectMany(container =>
                container.Node.Keys().Where(key => container.Node.At(key, "httpGet") is { } get
                    && !(get.Text("path") is "/startupz" or "/readyz" or "/livez" && get.Text("port") == "dnsgate"))
                    .Select(key => $"{container}: {key}"))),

        // PodMonitor finds the sidecar by the name of the port.
        Rule.OfGates("serve listens at a port called dnsgate", gate =>
            gate.Verb != "serve"
            || gate.Container.Node
                .Items("ports")
                .Any(port => port.Text("name") == "dnsgate" && port.Number("containerPort") == gate.Reader.ReadListen().Port)),

        new("no two containers of a pod have the same port", example =>
            example.Pods.SelectMany(pod =>
                pod.Containers
                    .SelectMany(container => container.Node.Items("ports"))
                    .Select(port => port.Number("containerPort"))
                    .GroupBy(port => port).Where(port => port.Count() > 1).Select(port => $"{pod}: {port.Key}"))),
    ];

    private static bool AsksStartup(Container container) =>
        container.Node.At("startupProbe", "exec") is not null
            ? container.Invocations.Any(invocation => invocation is { Probe: not null, Verb: "probe", Arguments: ["startup", ..] })
            : container.Node.Text("startupProbe", "httpGet", "path") == "/startupz";

    private static TimeSpan DeadlineOf(Invocation invocation) =>
        invocation.Verb == "bound" ? invocation.Reader.ReadBound().StableFor : Deadline;

    private static TimeSpan Budget(JsonNode? probe) =>
        Seconds(probe, "initialDelaySeconds", 0) + (Seconds(probe, "periodSeconds", 10) * (probe.Number("failureThreshold") ?? 3));

    /// <summary>When the last failure comes, counted from the first probe.</summary>
    private static TimeSpan Kills(JsonNode probe) => Budget(probe) - Seconds(probe, "periodSeconds", 10);

    /// <summary>By name or number; bash opens /dev/tcp/ADDRESS/PORT.</summary>
    private static IEnumerable<string> PortsOfProbes(Container container) =>
        Container.Probes.Select(probe => container.Node.At(probe)).SelectMany(probe =>
            new[] { probe.Text("httpGet", "port"), probe.Text("tcpSocket", "port") }.OfType<string>()
                .Concat(Device().Matches(string.Join(' ', probe.Texts("exec", "command"))).Select(match => match.Groups[1].Value)));

    [GeneratedRegex("/dev/tcp/[^/ ]+/([^ ]+)")]
    private static partial Regex Device();

    private static TimeSpan Seconds(JsonNode? probe, string field, int otherwise) => TimeSpan.FromSeconds(probe.Number(field) ?? otherwise);
}
