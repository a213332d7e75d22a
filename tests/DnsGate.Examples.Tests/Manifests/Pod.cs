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

    /// <summary>The StatefulSet.</summary>
    public JsonNode Owner { get; }

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
