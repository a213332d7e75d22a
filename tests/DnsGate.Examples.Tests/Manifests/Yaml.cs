using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>YAML as JSON, which is what the Kubernetes API gets to see.</summary>
internal static class Yaml
{
    /// <summary>Every document of a text.</summary>
    public static IReadOnlyList<JsonNode> Read(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => Json(document.RootNode)!)];
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new NotSupportedException($"{node.NodeType} in YAML"),
    };

    /// <summary>Only what is not quoted is anything but a string.</summary>
    private static JsonNode? Scalar(YamlScalarNode scalar) => (scalar.Style, scalar.Value) switch
    {
        (not ScalarStyle.Plain, _) => scalar.Value,
        (_, "" or "~" or "null") => null,
        (_, "true") => true,
        (_, "false") => false,
        (_, var text) when long.TryParse(text, out var number) => number,
        _ => scalar.Value,
    };
}
