namespace DnsGate.TestKit;

/// <summary>What a <see cref="KubeApiServer"/> does before TLS is established.</summary>
public enum TlsManner
{
    /// <summary>It shakes hands.</summary>
    Orderly,

    /// <summary>It closes the connection instead of answering the ClientHello.</summary>
    Closes,

    /// <summary>It resets the connection instead of answering the ClientHello.</summary>
    Resets,

    /// <summary>It speaks plain HTTP, as another program on that port would.</summary>
    SpeaksPlainText,

    /// <summary>It never answers the ClientHello.</summary>
    NeverAnswers,
}
