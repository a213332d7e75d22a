using Microsoft.AspNetCore.Http;

namespace DnsGate.TestKit;

/// <summary>A request that a <see cref="KubeApiServer"/> received.</summary>
public sealed class KubeRequest
{
    internal KubeRequest(HttpRequest request)
    {
        Method = request.Method;
        Path = request.Path.Value ?? "";
        Query = request.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());
        Fields = request.Headers.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Connection = request.HttpContext.Connection.Id;
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The path, decoded.</summary>
    public string Path { get; }

    /// <summary>The parameters, decoded.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>The header fields; names in any case.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; }

    /// <summary>The connection that it came over.</summary>
    public string Connection { get; }

    /// <summary>The bearer token, or null.</summary>
    public string? Token => Fields.GetValueOrDefault("Authorization") is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token] ? token : null;
}
