using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Handbook;

/// <summary>
/// The handbook's commands are run by the native executable in a pod where that entry's trouble is, and print what the
/// handbook says they print. On failure the message is the block that belongs there.
/// </summary>
public sealed partial class HandbookTests
{
    private const string Prompt = "$ dnsgate ";

    private static readonly MarkdownDocument Handbook = MarkdownDocument.Read("docs/handbook.md");

    public static TheoryData<string, int> Blocks =>
        [.. Handbook.Sections.SelectMany(section => section.Blocks("console").Select((_, index) => (section.PlainTitle, index)))];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task The_executable_prints_what_the_handbook_says(string entry, int index)
    {
        var block = Handbook.Sections.Single(section => section.PlainTitle == entry).Blocks("console")[index];
        var command = block.Split('\n')[0];
        Assert.StartsWith(Prompt, command, StringComparison.Ordinal);
        Assert.True(HandbookScenes.All.TryGetValue(entry, out var arrange), $"no scene for '{entry}'");
        await using var pod = await WholePod.StartAsync();
        await arrange(pod);

        var ended = await pod.RunAsync(command[Prompt.Length..].Split(' '));

        var printed = Time().Replace($"{command}\n{ended.Stderr}{ended.Stdout}(exit code {ended.ExitCode})\n", "2026-11-22T03:24:56.789Z");
        Assert.True(Says(block, printed), $"under '{entry}' should stand:\n{printed}");
    }

    [Fact]
    public void Every_scene_has_its_entry() =>
        Assert.Equal(
            [],
            HandbookScenes.All.Keys.Where(entry =>
                !Handbook.Sections.Any(section => section.PlainTitle == entry && section.Blocks("console").Count > 0)));

    /// <summary>Whether a block is what was printed; a line with an ellipsis alone stands for any lines.</summary>
    private static bool Says(string block, string printed) =>
        Regex.IsMatch(printed, $"^{Regex.Escape(block).Replace("…\\n", "(.*\n)*?", StringComparison.Ordinal)}\\z");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Time();
}
