using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace DnsGate.TestKit;

/// <summary>A whole answer of a <see cref="KubeApiServer"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record KubeResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Fields of the head besides the usual ones.</summary>
    public ImmutableArray<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>An answer of JSON, with the newline that API servers end it with.</summary>
    public static KubeResponse Json(int status, JsonObject body) =>
        new(status, "application/json", Encoding.UTF8.GetBytes(body.ToJsonString() + "\n"));

    /// <summary>An answer of plain text, as Go's HTTP server writes it.</summary>
    public static KubeResponse Text(int status, string body) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(body))
    {
        Fields = [("X-Content-Type-Options", "nosniff")],
    };

    /// <summary>A failure as an object of kind Status.</summary>
    public static KubeResponse Failure(int code, string reason, string message, JsonObject? details = null) =>
        Json(code, StatusObject(code, reason, message, details));

    /// <summary>401: the token is missing, wrong or out of date.</summary>
    public static KubeResponse Unauthorized() => Failure(401, "Unauthorized", "Unauthorized");

    /// <summary>403 of RBAC.</summary>
    /// <param name="namespace">The namespace; null when all are asked for.</param>
    /// <param name="user">The user.</param>
    public static KubeResponse Forbidden(string? @namespace, string user = ServiceAccountToken.DefaultSubject)
    {
        var scope = @namespace is null ? "at the cluster scope" : $"in the namespace \"{@namespace}\"";
        return Failure(
            403,
            "Forbidden",
            $"endpointslices.discovery.k8s.io is forbidden: User \"{user}\" cannot list resource \"endpointslices\""
            + $" in API group \"discovery.k8s.io\" {scope}",
            new JsonObject { ["group"] = "discovery.k8s.io", ["kind"] = "endpointslices" }) with
        {
            Fields = [("X-Content-Type-Options", "nosniff")],
        };
    }

    /// <summary>404 of a cluster that does not know the group or its version.</summary>
    public static KubeResponse NotFoundPage() => Text(404, "404 page not found\n");

    /// <summary>410 to the next page of a list whose resource version is forgotten.</summary>
    public static KubeResponse ExpiredContinue() => Failure(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result. You must start a new list "
        + "without the continue parameter.");

    /// <summary>429, with the seconds to wait in <c>Retry-After</c> and in the details.</summary>
    public static KubeResponse TooManyRequests(int retryAfter = 1) =>
        Failure(429, "TooManyRequests", "Too many requests, please try again later.",
            new JsonObject { ["retryAfterSeconds"] = retryAfter }) with
        {
            Fields = [("Retry-After", retryAfter.ToString())],
        };

    /// <summary>500: the API server lives, its etcd does not.</summary>
    public static KubeResponse InternalError() => Failure(
        500,
        "InternalError",
        "Internal error occurred: etcdserver: leader changed",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = "etcdserver: leader changed" }) });

    /// <summary>503 in plain text, as a load balancer or a server that stops says it.</summary>
    public static KubeResponse Unavailable() => Text(503, "service unavailable\n");

    /// <summary>A redirect; 302 unless told otherwise.</summary>
    public static KubeResponse Redirect(Uri location, int status = 302) =>
        Text(status, "") with { Fields = [("Location", location.ToString())] };

    private static JsonObject StatusObject(int code, string reason, string message, JsonObject? details)
    {
        JsonObject status = new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (details is not null)
        {
            status["details"] = details;
        }

        status["code"] = code;
        return status;
    }
}
