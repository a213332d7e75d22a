using System.Text.Json.Nodes;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>One container of a pod.</summary>
internal sealed record Container(Pod Pod, JsonNode Node, bool IsInit)
{
    /// <summary>The fields that hold a probe.</summary>
    public static readonly string[] Probes = ["startupProbe", "livenessProbe", "readinessProbe"];

    public string Name => Node.Text("name") ?? "?";

    public string Image => Node.Text("image") ?? "";

    /// <summary>Whether the image is DnsGate's, under whatever name.</summary>
    public bool IsDnsGate => IsImageOfDnsGate(Image);

    public bool IsSidecar => IsInit && Node.Text("restartPolicy") == "Always";

    /// <summary>The command line of DnsGate that is the container's own; null where it runs something else.</summary>
    public Invocation? Main => Invocation.Parse(
        this,
        IsDnsGate && Node.At("command") is null ? ["/dnsgate", .. Node.Texts("args")] : [.. Node.Texts("command"), .. Node.Texts("args")],
        probe: null);

    /// <summary>The gate: what holds something back until DNS is right.</summary>
    public Invocation? Gate => Main is { Verb: "serve" or "wait" or "run" } main ? main : null;

    /// <summary>All command lines of DnsGate in here, those of the probes included.</summary>
    public IEnumerable<Invocation> Invocations =>
        Probes.Select(probe => Invocation.Parse(this, Node.Texts(probe, "exec", "command"), Node.At(probe)))
            .Prepend(Main)
            .OfType<Invocation>();

    /// <summary>What the security context of the container says, or else that of the pod.</summary>
    public JsonNode? Security(params string[] path) => Node.At(["securityContext", .. path]) ?? Pod.Spec.At(["securityContext", .. path]);

    /// <summary>A variable; null where there is none.</summary>
    public JsonNode? Variable(string name) => Node.Items("env").FirstOrDefault(item => item.Text("name") == name);

    /// <summary>Whether an image is DnsGate's, under whatever name.</summary>
    public static bool IsImageOfDnsGate(string image) => image.Split('/')[^1].Split(':', '@')[0] == "dnsgate";

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Pod}: {Name}";
}
