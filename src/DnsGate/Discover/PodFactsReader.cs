using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using DnsGate.Core.Spec;
using DnsGate.Os;

namespace DnsGate.Discover;

/// <summary>Reads what the pod tells about itself: variables, /etc/hosts, interfaces.</summary>
internal static class PodFactsReader
{
    public static PodFacts Read() => new(
        Environment.GetEnvironmentVariable("POD_IPS"),
        Environment.GetEnvironmentVariable("POD_IP"),
        TextFile.TryRead(HostsFile.Path, out var hosts, out _) ? hosts : null,
        InterfaceAddresses());

    private static ImmutableArray<IPAddress> InterfaceAddresses()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(item => item.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(item => item.GetIPProperties().UnicastAddresses)
                    .Select(item => item.Address)
                    .Where(Addresses.CanBeAPods),
            ];
        }
        catch (NetworkInformationException)
        {
            // No netlink (a seccomp profile): the other sources remain.
            return [];
        }
    }
}
