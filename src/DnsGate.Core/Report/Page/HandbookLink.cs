using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>Where the handbook explains a reason or a diagnosis. It has one file for each kind of trouble.</summary>
internal static class HandbookLink
{
    private const string Folder = "https://github.com/dnsgate/dnsgate/blob/main/docs/handbook/";

    /// <summary>The address of an entry; null if the name is neither a reason nor a diagnosis.</summary>
    public static string? To(string name) => FileOf(name) is { } file ? $"{Folder}{file}.md#{name}" : null;

    private static string? FileOf(string name)
    {
        foreach (var reason in Enum.GetValues<Reason>())
        {
            if (reason.Name() == name)
            {
                return FileOf(reason);
            }
        }

        return name switch
        {
            Diagnosis.NameNotPublished or Diagnosis.PublishedWrong or Diagnosis.FrozenServer or Diagnosis.NodeCacheStale
                or Diagnosis.AaaaNxDomain => "forward",
            Diagnosis.ReverseNotServed or Diagnosis.ReverseRefused or Diagnosis.ReverseUnanswered or Diagnosis.PtrNamesAnotherService
                or Diagnosis.AddressReused or Diagnosis.SecondService => "reverse",
            Diagnosis.RoundCutOff or Diagnosis.PortClosed or Diagnosis.NetworkPolicy or Diagnosis.DnsOutage => "no-answer",
            Diagnosis.NoneReady or Diagnosis.NotClusterDns or Diagnosis.DnsIntercepted => "discovery",
            Diagnosis.AddressNotOnInterface or Diagnosis.NameOfAnotherPod or Diagnosis.HostsOverridesName or Diagnosis.SpellingNotShadowed
                or Diagnosis.NotAMember => "pod",
            _ => null,
        };
    }

    private static string FileOf(Reason reason) => reason switch
    {
        <= Reason.MissingAddress or Reason.TtlZero => "forward",
        <= Reason.ReverseForwarded => "reverse",
        <= Reason.NotSent => "no-answer",
        <= Reason.DiscoveryFailed => "discovery",
        <= Reason.PeerMissing => "pod",
        _ => "gate",
    };
}
