using System.Text.Json.Nodes;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>The pods that an object makes.</summary>
internal sealed class Pod
{
    public Pod(JsonNode owner)
    {
        Owner = owner;
        Template = owner.At("spec", "template")!;
        Spec = Template.At("spec")!;
        Containers =
        [
            .. Spec.Items("initContainers").Select(item => new Container(this, item, IsInit: true)),
            .. Spec.Items("containers").Select(item => new Container(this, item, IsInit: false)),
        ];
    }

    /// <summary>The StatefulSet, or the Job.</summary>
    public JsonNode Owner { get; }

    /// <summary>Whether the pods end: those of a Job.</summary>
    public bool IsOfJob => Owner.Text("kind") == "Job";

    /// <summary>The headless Service that gives the pods their names.</summary>
    public string? ServiceName => IsOfJob ? Spec.Text("subdomain") : Owner.Text("spec", "serviceName");

    /// <summary>The ordinals in the host names.</summary>
    public IEnumerable<int> Ordinals => IsOfJob
        ? Enumerable.Range(0, Owner.Number("spec", "completions") ?? 1)
        : Enumerable.Range(Owner.Number("spec", "ordinals", "start") ?? 0, Owner.Number("spec", "replicas") ?? 1);

    /// <summary>The name of a pod below the domain of its namespace: zk-1.zk-headless.</summary>
    public string RelativeName(int ordinal) => $"{Owner.Text("metadata", "name")}-{ordinal}.{ServiceName}";

    /// <summary>With the labels.</summary>
    public JsonNode Template { get; }

    /// <summary>The pod's own spec.</summary>
    public JsonNode Spec { get; }

    /// <summary>Init containers first, in their order.</summary>
    public IReadOnlyList<Container> Containers { get; }

    /// <summary>What volumeMounts may name.</summary>
    public IEnumerable<string> Volumes =>
        Spec.Items("volumes")
            .Select(volume => volume.Text("name")!)
            .Concat(Owner.Items("spec", "volumeClaimTemplates").Select(claim => claim.Text("metadata", "name")!));

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Owner.Text("kind")}/{Owner.Text("metadata", "name")}";
}
