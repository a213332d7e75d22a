using System.Globalization;
using System.Text.RegularExpressions;

namespace DnsGate.TestKit;

public sealed partial class KubeApiServer
{
    // Longer than any test; the API server chooses 30 to 60 minutes.
    private static readonly TimeSpan DefaultWatchTimeout = TimeSpan.FromMinutes(30);

    [GeneratedRegex("^/apis/discovery\\.k8s\\.io/v1(/namespaces/(?<namespace>[^/]+))?/endpointslices$")]
    private static partial Regex EndpointSlices();

    /// <summary>The right answer to a request, in the order of a real server: who it is, whether they may, what there is.</summary>
    internal KubeDecision Decide(KubeRequest request)
    {
        if (request.Token is null || request.Token != AcceptedToken)
            return KubeResponse.Unauthorized();
        if (EndpointSlices().Match(request.Path) is not { Success: true } path)
            return KubeResponse.NotFoundPage();
        string? name = path.Groups["namespace"] is { Success: true, Value: var value } ? value : null;
        if (request.Method != "GET")
            return KubeResponse.Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        if ((Forbidden & request.Verb) != 0)
            return KubeResponse.Forbidden(request.Verb, name, ServiceAccountToken.SubjectOf(request.Token));
        if (LabelSelector.Parse(request.Query.GetValueOrDefault("labelSelector", "")) is not { } selector)
            return KubeResponse.Failure(400, "BadRequest", $"unable to parse requirement: {request.Query["labelSelector"]}");
        long newest = Slices.ResourceVersion;
        if (request.ResourceVersion > newest)
            return KubeResponse.FutureVersion(request.ResourceVersion, newest);
        SliceSelection selection = new(name, selector);
        return request.IsWatch ? DecideWatch(request, selection) : DecideList(request, selection, newest);
    }

    private KubeDecision DecideWatch(KubeRequest request, SliceSelection selection)
    {
        bool isExpired = request.ResourceVersion > 0 && Slices.IsForgotten(request.ResourceVersion);
        if (isExpired && Expires == ExpiredAnswer.Status)
            return KubeResponse.Expired(request.ResourceVersion, Slices.ResourceVersion);
        TimeSpan timeout = double.TryParse(request.Query.GetValueOrDefault("timeoutSeconds"), CultureInfo.InvariantCulture, out double seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : DefaultWatchTimeout;
        return new KubeDecision.Watch(selection, request.ResourceVersion, request.Query.GetValueOrDefault("allowWatchBookmarks") is "1" or "true", timeout);
    }

    private KubeResponse DecideList(KubeRequest request, SliceSelection selection, long newest)
    {
        ContinueToken start = new(newest, "");
        if (request.Query.TryGetValue("continue", out string? text) && text.Length > 0)
        {
            if (ContinueToken.Decode(text) is not { } token)
                return KubeResponse.Failure(400, "BadRequest", "continue key is not valid: illegal base64 data");
            if (Slices.IsForgotten(token.ResourceVersion))
                return KubeResponse.ExpiredContinue();
            start = token;
        }
        int limit = int.TryParse(request.Query.GetValueOrDefault("limit"), out int number) && number > 0 ? number : int.MaxValue;
        List<StoredSlice> rest = [.. Slices.At(start.ResourceVersion)
            .Where(slice => selection.Contains(slice) && string.CompareOrdinal(slice.Key, start.After) > 0)];
        List<StoredSlice> page = [.. rest.Take(limit)];
        string? next = rest.Count > page.Count ? new ContinueToken(start.ResourceVersion, page[^1].Key).Encode() : null;
        return KubeResponse.Json(200, EndpointSliceJson.List(start.ResourceVersion, page, next));
    }
}
