using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Discovery.Kube;

/// <summary>What one request to the API server needs. Not a record: its text would hold the token.</summary>
/// <param name="server">Where the API server is.</param>
/// <param name="token">The bearer token; it appears in no message and no log.</param>
/// <param name="authorities">The certificates that sign the API server's, as PEM.</param>
internal sealed class ApiCredentials(IPEndPoint server, string token, string authorities)
{
    /// <summary>Where the API server is.</summary>
    public IPEndPoint Server { get; } = server;

    public string Token { get; } = token;

    /// <summary>The certificates that sign the API server's, as PEM.</summary>
    public string Authorities { get; } = authorities;
}

/// <summary>How a pod reaches the API server: two variables, and the directory where the kubelet mounts its service account.</summary>
/// <param name="host">KUBERNETES_SERVICE_HOST.</param>
/// <param name="port">KUBERNETES_SERVICE_PORT.</param>
/// <param name="directory">The directory with <c>token</c>, <c>ca.crt</c> and <c>namespace</c>.</param>
internal sealed class KubeAccess(string? host, string? port, string directory)
{
    private const string DefaultDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The access that this pod has.</summary>
    public static KubeAccess OfThisPod() => new(
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"), DefaultDirectory);

    /// <summary>
    /// Reads all of it, as for each request: the kubelet replaces token and certificates while the program runs, and an API server
    /// refuses a token an hour after it was written.
    /// </summary>
    /// <param name="credentials">What a request needs.</param>
    /// <param name="problem">What is missing, without a word of the token.</param>
    public bool TryRead([NotNullWhen(true)] out ApiCredentials? credentials, [NotNullWhen(false)] out DiscoveryProblem? problem)
    {
        credentials = null;
        if (!TryReadEndpoint(out var server, out var missing)
            || !TryReadToken(out var token, out missing)
            || !TryReadFile("ca.crt", out var authorities, out missing))
        {
            problem = new DiscoveryProblem(DiscoveryFault.Absent, missing);
            return false;
        }

        problem = null;
        credentials = new ApiCredentials(server, token, authorities);
        return true;
    }

    /// <summary>The pod's service account, as far as its own files tell.</summary>
    /// <param name="token">The token.</param>
    public ServiceAccount? AccountOf(string token) => ServiceAccount.Parse(token, TryReadFile("namespace", out var ns, out _) ? ns : null);

    private bool TryReadEndpoint([NotNullWhen(true)] out IPEndPoint? server, [NotNullWhen(false)] out string? missing)
    {
        (server, missing) = (null, null);
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            missing = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod of Kubernetes, "
                + "or its variables were cleared";
            return false;
        }

        if (!Addresses.TryParse(host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host, out var address, out _))
        {
            // Some clusters put a name here. The system's resolver is what the gate is there to doubt; it is never asked.
            missing = $"KUBERNETES_SERVICE_HOST is '{host}', no IP address: the API server is never looked up by name";
            return false;
        }

        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > ushort.MaxValue)
        {
            missing = $"KUBERNETES_SERVICE_PORT is '{port}', no port";
            return false;
        }

        server = new IPEndPoint(address, number);
        return true;
    }

    private bool TryReadToken([NotNullWhen(true)] out string? token, [NotNullWhen(false)] out string? missing)
    {
        if (!TryReadFile("token", out token, out missing))
        {
            missing = TextFile.IsMissing(Path.Combine(directory, "token"))
                ? $"no service account token is mounted (automountServiceAccountToken): {missing}"
                : $"the service account token cannot be read by this user (set `securityContext.fsGroup`): {missing}";
            return false;
        }

        token = token.Trim();
        foreach (var letter in token)
        {
            // What is no token would end the header line, or be refused by the HTTP client with its content in the message.
            missing ??= letter is > ' ' and < '\x7F' ? null : $"'{Path.Combine(directory, "token")}' holds no token";
        }

        missing ??= token.Length > 0 ? null : $"'{Path.Combine(directory, "token")}' is empty";
        return missing is null;
    }

    private bool TryReadFile(string name, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? missing) =>
        TextFile.TryRead(Path.Combine(directory, name), out text, out missing);
}
