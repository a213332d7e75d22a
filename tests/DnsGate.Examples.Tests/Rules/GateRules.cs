using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>Where gates are, what they are told, and how long they may take.</summary>
internal static class GateRules
{
    private static readonly string[] Variables =
        [.. OptionTable.All.Concat(OptionTable.OfBound).Select(setting => setting.Environment), OptionTable.DisabledVariable];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("the pods of every example have a gate", example =>
            example.Pods.Where(pod => !pod.Containers.Any(container => container.Gate is not null)).Select(pod => pod.ToString())),

        Rule.OfGates("wait is an init container, run the application's own, serve a native sidecar", gate => gate.Verb switch
        {
            "wait" => gate.Container is { IsInit: true, IsSidecar: false, IsDnsGate: true },
            "run" => gate.Container is { IsInit: false, IsDnsGate: false },
            _ => gate.Container is { IsSidecar: true, IsDnsGate: true },
        }),

        Rule.OfGates("wait and run have a timeout, and it opens nothing", gate =>
            gate.Verb == "serve"
            || gate.Reader.Read(Invocation.DefaultTimeout) is { Timeout.Limit: { } limit, OnTimeout: OnTimeout.Fail }
                && limit > TimeSpan.Zero),

        Rule.OfGates("a gate is told the pod's addresses by the downward API", gate =>
            gate.Container.Variable("POD_IPS").Text("valueFrom", "fieldRef", "fieldPath") == "status.podIPs"),

        // Weaker settings are for those who know why; what is said of one pod is wrong for the others of its StatefulSet.
        Rule.OfGates("a gate is as strict as without flags, and nothing that is said to it is one pod's own", gate =>
            gate.Reader.Read(Invocation.DefaultTimeout)
                is { App: not null, Reverse: not ReversePolicy.Off, Families: FamilyPolicy.Auto } spec
            && spec.Require == Quorum.All
            && spec.Rule == Default.Rule
            && !OptionTable.All.Any(setting => setting.Flag is "--name" or "--ip"
                && (gate.Arguments.Any(word => word.Split('=')[0] == setting.Flag)
                    || gate.Container.Variable(setting.Environment) is not null))),

        Rule.OfGates("a gate has the kill switch, from a key of a ConfigMap that need not be there", gate =>
            gate.Container.Variable(OptionTable.DisabledVariable).At("valueFrom", "configMapKeyRef") is { } key
            && (key.Text("name"), key.Text("key"), key.Truth("optional")) == ("dnsgate", "disabled", true)),

        Rule.OfContainers("every variable called DNSGATE_ is one that the program reads", container =>
            container.Node
                .Items("env")
                .Select(item => item.Text("name")!)
                .Where(name => name.StartsWith("DNSGATE_", StringComparison.Ordinal))
                .All(Variables.Contains)),

        new("every value of a flag or a variable is one that the program takes", example => example.Invocations.SelectMany(Problems)),

        new("the executable is where the command says: /dnsgate in its own image, elsewhere in a volume with it", example =>
            example.Invocations.Where(invocation => !IsThere(invocation)).Select(invocation => invocation.ToString())),
    ];

    private static GateOptions Default =>
        new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>>(), _ => null).Read(Invocation.DefaultTimeout);

    private static IEnumerable<string> Problems(Invocation invocation)
    {
        var reader = invocation.Reader;
        if (invocation.Verb == "bound")
        {
            reader.ReadBound();
        }
        else
        {
            reader.Read(Invocation.DefaultTimeout);
        }

        return reader.Problems.Select(problem => $"{invocation}: {problem}");
    }

    private static bool IsThere(Invocation invocation)
    {
        var container = invocation.Container;
        if (container.IsDnsGate)
        {
            return invocation.Program == "/dnsgate";
        }

        var directory = Path.GetDirectoryName(invocation.Program)!;
        if (VolumeAt(container, directory) is not { } name
            || container.Pod.Spec.Items("volumes").FirstOrDefault(item => item.Text("name") == name) is not { } volume)
        {
            return false;
        }

        // Either the image of DnsGate itself, with the executable at its root, or an emptyDir that install fills.
        return (Path.GetFileName(invocation.Program) == "dnsgate" && Container.IsImageOfDnsGate(volume.Text("image", "reference") ?? ""))
            || (volume.At("emptyDir") is not null
                && container.Pod.Containers.Any(other => other is { IsInit: true, IsSidecar: false, Main: { Verb: "install" } install }
                    && install.Arguments is [var to] && VolumeAt(other, to) == name));
    }

    private static string? VolumeAt(Container container, string directory) =>
        container.Node
            .Items("volumeMounts")
            .FirstOrDefault(mount => mount.Text("mountPath") == directory && mount.At("subPath") is null)
            .Text("name");
}
