using System.Text.Json.Nodes;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>Looks into objects by path: <c>At("spec", "template")</c> is null where any step is missing.</summary>
internal static class Json
{
    public static JsonNode? At(this JsonNode? node, params string[] path) => path.Aggregate(node, (at, step) => (at as JsonObject)?[step]);

    public static string? Text(this JsonNode? node, params string[] path) => (node.At(path) as JsonValue)?.ToString();

    public static int? Number(this JsonNode? node, params string[] path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out long number) ? (int)number : null;

    public static bool? Truth(this JsonNode? node, params string[] path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool truth) ? truth : null;

    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, params string[] path) =>
        [.. (node.At(path) as JsonArray ?? []).OfType<JsonNode>()];

    public static IReadOnlyList<string> Texts(this JsonNode? node, params string[] path) =>
        [.. node.Items(path).Select(item => item.ToString())];

    public static IReadOnlyList<string> Keys(this JsonNode? node, params string[] path) =>
        [.. (node.At(path) as JsonObject ?? []).Select(pair => pair.Key)];

    /// <summary>Whether labels have all that a selector asks for; an empty selector asks for nothing, and selects nothing here.</summary>
    public static bool Selects(this JsonNode? selector, JsonNode? labels) =>
        selector.Keys().Count > 0 && selector.Keys().All(key => selector.Text(key) == labels.Text(key));
}
