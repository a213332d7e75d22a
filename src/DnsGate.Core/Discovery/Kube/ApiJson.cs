using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>Reads JSON from the API server, or says why it is not valid JSON.</summary>
internal static class ApiJson
{
    /// <summary>Reads one object.</summary>
    /// <param name="json">All of it.</param>
    /// <param name="type">How to read it.</param>
    /// <param name="value">The object, when it could be read.</param>
    /// <param name="flaw">Otherwise what it is, to follow "the answer of the API server".</param>
    public static bool TryRead<T>(
        ReadOnlySpan<byte> json, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? flaw)
        where T : class
    {
        (value, flaw) = (null, null);
        try
        {
            value = JsonSerializer.Deserialize(json, type);
            flaw = value is null ? "is 'null'" : null;
        }
        catch (JsonException)
        {
            flaw = FlawOf(json);
        }

        return value is not null;
    }

    /// <summary>What is wrong with a text that could not be read: not JSON, cut off, or values that the API does not define.</summary>
    private static string FlawOf(ReadOnlySpan<byte> json)
    {
        try
        {
            // As if more were to come: what runs out without an error was right up to there.
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            while (reader.Read())
            {
            }

            // The depth counts from behind the first bracket.
            return reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
                ? "ends in the middle: half a JSON text"
                : reader.BytesConsumed > 0 ? "has a field of another type than the API says"
                : "is not JSON";
        }
        catch (JsonException)
        {
            return "is not JSON";
        }
    }
}
