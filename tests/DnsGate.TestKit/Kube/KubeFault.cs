namespace DnsGate.TestKit;

/// <summary>
/// Answers a request in place of a <see cref="KubeApiServer"/>, which leaves everything to it: it may answer right
/// (<see cref="KubeExchange.AnswerAsync()"/>), wrong, half or never. When it returns without a whole answer, the connection
/// is closed.
/// </summary>
public delegate Task KubeFault(KubeExchange exchange);
