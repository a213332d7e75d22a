using System.Net;
using System.Text.RegularExpressions;

namespace DnsGate.TestKit;

/// <summary>The words after the number of an HTTP status.</summary>
internal static partial class HttpReason
{
    public static string Of(int status) => status switch
    {
        200 => "OK",
        _ => BetweenWords().Replace(((HttpStatusCode)status).ToString(), " "),
    };

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex BetweenWords();
}
