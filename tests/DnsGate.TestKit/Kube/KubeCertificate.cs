namespace DnsGate.TestKit;

/// <summary>The certificate that a <see cref="KubeApiServer"/> shows.</summary>
public enum KubeCertificate
{
    /// <summary>Of the server's authority, for its address and for kubernetes.default.svc, valid now.</summary>
    Right,

    /// <summary>For another address and another name.</summary>
    WrongAddress,

    /// <summary>Valid until yesterday.</summary>
    Expired,

    /// <summary>Valid from tomorrow.</summary>
    NotYetValid,

    /// <summary>Of another authority that has the same name.</summary>
    OfAnotherAuthority,

    /// <summary>Of no authority.</summary>
    SelfSigned,
}
