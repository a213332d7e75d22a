using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DnsGate.Core.Options;

namespace DnsGate.Core.Report;

/// <summary>What can be logged: fixed ids and names, so that people can search and count.</summary>
/// <param name="Id">A number that never changes.</param>
/// <param name="Name">A name that never changes.</param>
/// <param name="Level">How much it matters.</param>
internal sealed record Event(int Id, string Name, LogLevel Level)
{
    /// <summary>What the gate will do, and who the pod is.</summary>
    public static readonly Event Started = new(1, "started", LogLevel.Info);

    /// <summary>A server or the whole says something else than before.</summary>
    public static readonly Event VerdictChanged = new(2, "verdict-changed", LogLevel.Info);

    /// <summary>Nothing changed for half a minute.</summary>
    public static readonly Event StillClosed = new(3, "still-closed", LogLevel.Info);

    public static readonly Event Opened = new(4, "opened", LogLevel.Info);

    /// <summary><c>--timeout</c> has passed.</summary>
    public static readonly Event TimedOut = new(5, "timed-out", LogLevel.Error);

    /// <summary><c>--timeout</c> has passed, and <c>--on-timeout open</c> starts the application anyway.</summary>
    public static readonly Event OpenedByTimeout = new(6, "opened-by-timeout", LogLevel.Warning);

    /// <summary>The kill switch is set.</summary>
    public static readonly Event Disabled = new(7, "disabled", LogLevel.Warning);

    /// <summary>CMD could not be run.</summary>
    public static readonly Event ExecFailed = new(8, "exec-failed", LogLevel.Error);

    /// <summary>A signal ended the wait.</summary>
    public static readonly Event Stopped = new(9, "stopped", LogLevel.Warning);

    /// <summary>CMD is about to replace the gate.</summary>
    public static readonly Event Executing = new(10, "executing", LogLevel.Info);

    /// <summary>A source of servers cannot be listed; another serves, or its last list.</summary>
    public static readonly Event ListingFailed = new(11, "listing-failed", LogLevel.Warning);

    /// <summary>A line of resolv.conf names a server that cannot be asked.</summary>
    public static readonly Event ServerNotAsked = new(13, "server-not-asked", LogLevel.Warning);

    /// <summary>The servers that the gate asks: at the start, and whenever the list changes.</summary>
    public static readonly Event ServersListed = new(14, "servers-listed", LogLevel.Info);

    /// <summary>The gate is open and a server no longer agrees: the application goes on; look at the server.</summary>
    public static readonly Event Drifted = new(15, "drifted", LogLevel.Warning);

    /// <summary>All servers agree again.</summary>
    public static readonly Event DriftEnded = new(16, "drift-ended", LogLevel.Info);

    /// <summary>The sidecar answers requests.</summary>
    public static readonly Event Listening = new(17, "listening", LogLevel.Info);

    /// <summary>The sidecar received SIGTERM or SIGINT, and ends.</summary>
    public static readonly Event Ended = new(18, "ended", LogLevel.Info);

    /// <summary>The gate is open because it was before the sidecar restarted (<c>--state</c>).</summary>
    public static readonly Event Resumed = new(19, "resumed", LogLevel.Info);

    /// <summary>What is in the place of the state file does not count.</summary>
    public static readonly Event StateIgnored = new(20, "state-ignored", LogLevel.Warning);

    /// <summary>The state file could not be written.</summary>
    public static readonly Event StateNotWritten = new(21, "state-not-written", LogLevel.Warning);

    /// <summary>The gate has opened after <c>--peers-timeout</c>, with too few members.</summary>
    public static readonly Event OpenedWithoutPeers = new(22, "opened-without-peers", LogLevel.Warning);

    /// <summary>One round, changed or not.</summary>
    public static readonly Event Round = new(12, "round", LogLevel.Debug);

    public static IReadOnlyList<Event> All { get; } =
        [Started, VerdictChanged, StillClosed, Opened, TimedOut, OpenedByTimeout, Disabled, ExecFailed, Stopped, Executing, ListingFailed,
            Round, ServerNotAsked, ServersListed, Drifted, DriftEnded, Listening, Ended, Resumed, StateIgnored, StateNotWritten,
            OpenedWithoutPeers];
}

/// <summary>One entry of the log, as text or as JSON.</summary>
internal static class LogEntry
{
    /// <summary>The entry, its end of line included. A message of several lines is indented as text, and one string as JSON.</summary>
    public static string Render(LogFormat format, DateTimeOffset at, Event what, string message)
    {
        var time = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var level = what.Level.ToString().ToLowerInvariant();
        return format == LogFormat.Json
            ? Json(time, level, what, message)
            : $"{time} {level,-7} [{what.Name}] {message.Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
    }

    private static string Json(string time, string level, Event what, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            json.WriteString("level", level);
            json.WriteNumber("eventId", what.Id);
            json.WriteString("event", what.Name);
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
