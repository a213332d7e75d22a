namespace DnsGate.Core.Dns;

/// <summary>A DNS label as Kubernetes wants it for names of namespaces and Services (RFC 1123 §2.1).</summary>
internal static class DnsLabel
{
    private const int MaxLength = 63;
    private const int MaxSubdomainLength = 253;

    /// <summary>Whether the text is one: lower-case letters, digits and hyphens, no hyphen at either end.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
            {
                return false;
            }
        }

        return text.Length is > 0 and <= MaxLength && text[0] != '-' && text[^1] != '-';
    }

    /// <summary>Whether the text is several of them, separated by dots: the name of a pod, a node or a service account.</summary>
    public static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        foreach (var label in text.Split('.'))
        {
            if (!Is(text[label]))
            {
                return false;
            }
        }

        return text.Length <= MaxSubdomainLength;
    }
}
