using System.Buffers.Text;
using System.Text.Json;

namespace DnsGate.TestKit;

/// <summary>Where the next page of a list starts, and the resource version that all of its pages show. Opaque to clients.</summary>
internal sealed record ContinueToken(long ResourceVersion, string After)
{
    /// <summary>The token as an API server writes it: base64url of <c>{"v":"meta.k8s.io/v1","rv":…,"start":…}</c>.</summary>
    public string Encode() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, object> { ["v"] = "meta.k8s.io/v1", ["rv"] = ResourceVersion, ["start"] = After + '\0' }));

    /// <summary>Reads a token; null when it is none.</summary>
    public static ContinueToken? Decode(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Base64Url.DecodeFromChars(text));
            return new ContinueToken(json.RootElement.GetProperty("rv").GetInt64(), json.RootElement.GetProperty("start").GetString()!.TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
