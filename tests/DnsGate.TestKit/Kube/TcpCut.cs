namespace DnsGate.TestKit;

/// <summary>How a connection is cut.</summary>
public enum TcpCut
{
    /// <summary>In order for TCP (FIN), without a word from TLS or HTTP: the process died.</summary>
    Fin,

    /// <summary>By a reset (RST): the machine was restarted, or something on the way dropped its state.</summary>
    Rst,
}
