using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>The four things that colour, shape and height tell apart. Words say the rest.</summary>
internal enum Severity
{
    /// <summary>Wrong answers; a closed gate.</summary>
    Bad,

    /// <summary>No answer, or a right one that does not count; a gate that is undecidable, or open and drifting.</summary>
    Warning,

    /// <summary>Right answers; an open gate.</summary>
    Good,

    /// <summary>Not in the list of servers; a gate that is switched off.</summary>
    Absent,
}

/// <summary>What has which tone, and how a tone is drawn.</summary>
internal static class Severities
{
    /// <summary>The tone of what a server says; null where it is not in the list.</summary>
    public static Severity Classify(Judgement? judgement) => judgement switch
    {
        null => Severity.Absent,
        { Reason: Reason.Agrees } => Severity.Good,
        { IsSilence: true } or { IsRight: true } => Severity.Warning,
        _ => Severity.Bad,
    };

    /// <summary>The tone of what the gate says.</summary>
    public static Severity Classify(GateStatus status) => status switch
    {
        GateStatus.Open => Severity.Good,
        GateStatus.Closed => Severity.Bad,
        GateStatus.Disabled => Severity.Absent,
        _ => Severity.Warning,
    };

    /// <summary>What the gate says, in words.</summary>
    public static string Words(GateStatus status) => status == GateStatus.Drifting ? "open, but drifting" : status.Name();

    /// <summary>What a server says, in words.</summary>
    public static string Words(Judgement? judgement) => judgement is { } said ? said.Reason.Name() : "not listed";

    /// <summary>The last part of the names of its classes.</summary>
    public static string Name(Severity tone) => tone switch
    {
        Severity.Bad => "bad",
        Severity.Warning => "mute",
        Severity.Good => "good",
        _ => "gone",
    };

    /// <summary>How high it stands in a bar of 20: trouble stands out without its colour.</summary>
    public static int Height(Severity tone) => tone switch
    {
        Severity.Bad => 20,
        Severity.Warning => 13,
        Severity.Good => 7,
        _ => 3,
    };

    /// <summary>A cross, three dots, a tick, a dash. The word follows it.</summary>
    public static void WriteMark(Html page, Severity tone)
    {
        var path = tone switch
        {
            Severity.Bad => "M5 5l14 14M19 5L5 19",
            Severity.Warning => "M3 12h3M10.5 12h3M18 12h3",
            Severity.Good => "M4 13l5 5L20 6",
            _ => "M5 12h14",
        };
        page.Write($"<svg class=\"mark\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>");
    }
}
