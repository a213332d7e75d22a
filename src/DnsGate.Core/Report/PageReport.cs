#pragma warning disable CS1591
namespace DnsGate.Core.Report;
public sealed record PageFacts(DateTimeOffset WallClock, string Version, bool IsStopping);
public static class PageReport
{
    public static string Render(Moment moment, PageFacts facts) => TextReport.Render(moment.Snapshot) + facts.Version;
}
