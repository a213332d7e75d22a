using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace DnsGate.TestKit;

/// <summary>Tokens in the shape of a service account's: a JWT whose signature is made of random octets.</summary>
public static class ServiceAccountToken
{
    /// <summary>The user of the tokens unless another is asked for.</summary>
    public const string DefaultSubject = "system:serviceaccount:prod:default";

    private const string Issuer = "https://kubernetes.default.svc.cluster.local";

    /// <summary>A new token; no two are the same.</summary>
    public static string Create(string subject = DefaultSubject)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = Part(new { alg = "RS256", kid = "Zm9yIHRlc3Rz" });
        var payload = Part(new { aud = new[] { Issuer }, exp = now + 3607, iat = now, iss = Issuer, jti = Guid.NewGuid(), sub = subject });
        return $"{header}.{payload}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(256))}";
    }

    /// <summary>The user of a token; <c>system:anonymous</c> when it is none.</summary>
    internal static string SubjectOf(string? token)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token!.Split('.')[1]));
            return payload.RootElement.GetProperty("sub").GetString()!;
        }
        catch (Exception e)
        when (e is FormatException or JsonException or KeyNotFoundException or IndexOutOfRangeException or NullReferenceException)
        {
            return "system:anonymous";
        }
    }

    private static string Part<T>(T claims) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
}
