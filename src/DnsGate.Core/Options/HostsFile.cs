using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>One line of a hosts file.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Address">The address.</param>
/// <param name="Names">The names, in order.</param>
internal sealed record HostsLine(int Number, IPAddress Address, ImmutableArray<string> Names);

/// <summary>
/// The /etc/hosts that the kubelet writes into a pod: <c>IP TAB host.subdomain.ns.svc.DOMAIN TAB host</c> for every pod
/// IP, then the HostAliases of the pod's spec, which are the user's and say nothing about the pod.
/// </summary>
internal static class HostsFile
{
    public const string Path = "/etc/hosts";

    private const string HostAliasesHeader = "# Entries added by HostAliases.";
    private const string HostNetworkHeader = "# Kubernetes-managed hosts file (host network).";

    /// <summary>Reads all lines: what libc, Java and getent answer from.</summary>
    public static ImmutableArray<HostsLine> ReadLines(string text) => Read(text, onlyOwn: false);

    /// <summary>
    /// Reads the lines that may be the pod's own: those above the HostAliases block; none in a pod on the host's
    /// network, whose file is a copy of the node's.
    /// </summary>
    public static ImmutableArray<HostsLine> ReadOwnLines(string text) => Read(text, onlyOwn: true);

    private static ImmutableArray<HostsLine> Read(string text, bool onlyOwn)
    {
        var lines = ImmutableArray.CreateBuilder<HostsLine>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (onlyOwn
                && (line.StartsWith(HostAliasesHeader, StringComparison.Ordinal)
                    || line.StartsWith(HostNetworkHeader, StringComparison.Ordinal)))
            {
                break;
            }

            var comment = line.IndexOf('#');
            var fields = (comment < 0 ? line : line[..comment]).ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1 && Addresses.TryParse(fields[0], out var address, out _))
            {
                lines.Add(new HostsLine(number, address, [.. fields[1..]]));
            }
        }

        return lines.ToImmutable();
    }
}
