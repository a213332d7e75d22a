using System.Text.Json;
using DnsGate.Core.Options;
using DnsGate.Core.Report;

namespace DnsGate.Core.Tests.Report;

public sealed class LogEntryTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 7, 8, 9, 45, TimeSpan.FromHours(2));

    [Fact]
    public void Ids_and_names_of_events_are_unique_and_fixed() => Assert.Equal(
        [
            "1 started Info", "2 verdict-changed Info", "3 still-closed Info",
            "4 opened Info", "5 timed-out Error", "6 opened-by-timeout Warning",
            "7 disabled Warning", "8 exec-failed Error", "9 stopped Warning",
            "10 executing Info", "11 listing-failed Warning", "12 round Debug",
            "13 server-not-asked Warning", "14 servers-listed Info", "15 drifted Warning", "16 drift-ended Info",
            "17 listening Info", "18 ended Info", "19 resumed Info", "20 state-ignored Warning", "21 state-not-written Warning",
            "22 opened-without-peers Warning",
        ],
        Event.All.Select(item => $"{item.Id} {item.Name} {item.Level}"));

    [Fact]
    public void Every_event_is_in_the_list() =>
        Assert.Equal(typeof(Event).GetFields().Count(field => field.FieldType == typeof(Event)), Event.All.Distinct().Count());

    [Fact]
    public void Text_is_a_line_of_time_in_UTC_level_event_and_message()
    {
        Assert.Equal("2026-03-04T05:08:09.045Z info    [opened] after 5s\n", LogEntry.Render(LogFormat.Text, At, Event.Opened, "after 5s"));
        Assert.Equal("2026-03-04T05:08:09.045Z warning [stopped] SIGTERM\n", LogEntry.Render(LogFormat.Text, At, Event.Stopped, "SIGTERM"));
    }

    [Fact]
    public void A_text_message_of_several_lines_is_indented() =>
        Assert.Equal("2026-03-04T05:08:09.045Z info    [verdict-changed] closed\n      one\n      two\n",
            LogEntry.Render(LogFormat.Text, At, Event.VerdictChanged, "closed\n  one\n  two"));

    [Fact]
    public void JSON_is_one_object_a_line()
    {
        var line = LogEntry.Render(LogFormat.Json, At, Event.ListingFailed, "a \"b\"\nc\u001b");
        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line[..^1]);
        Assert.DoesNotContain('\u001b', line);
        using var document = JsonDocument.Parse(line);
        Assert.Equal(
            ["time=2026-03-04T05:08:09.045Z", "level=warning", "eventId=11", "event=listing-failed", "message=a \"b\"\nc\u001b"],
            document.RootElement.EnumerateObject().Select(field => $"{field.Name}={field.Value}"));
    }
}
