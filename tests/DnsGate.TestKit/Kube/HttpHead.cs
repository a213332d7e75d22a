using System.Net;

namespace DnsGate.TestKit;

/// <summary>The head of an HTTP/1.1 request: its first line and its fields.</summary>
internal sealed record HttpHead(string Method, string Target, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Reads a head without the empty line at its end; null when it is none.</summary>
    public static HttpHead? Parse(string text)
    {
        string[] lines = text.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, ['/', ..] target, "HTTP/1.1"])
            return null;
        Dictionary<string, string> fields = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0)
                return null;
            fields[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return new HttpHead(method, target, fields);
    }

    /// <summary>The length of the body that follows.</summary>
    public int BodyLength => int.TryParse(Fields.GetValueOrDefault("Content-Length"), out int length) ? length : 0;

    /// <summary>The path of the target, decoded.</summary>
    public string Path => Uri.UnescapeDataString(Target.Split('?')[0]);

    /// <summary>The parameters of the target, decoded; of several with one name the first.</summary>
    public IReadOnlyDictionary<string, string> Query
    {
        get
        {
            Dictionary<string, string> query = [];
            foreach (string part in Target.Split('?', 2).Skip(1).SelectMany(all => all.Split('&', StringSplitOptions.RemoveEmptyEntries)))
            {
                string[] sides = part.Split('=', 2);
                query.TryAdd(WebUtility.UrlDecode(sides[0]), WebUtility.UrlDecode(sides.ElementAtOrDefault(1) ?? ""));
            }
            return query;
        }
    }
}
