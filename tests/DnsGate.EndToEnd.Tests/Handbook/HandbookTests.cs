using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Handbook;

/// <summary>
/// The native executable runs the commands of the handbook in a pod with the problem of that entry, and prints what the block
/// below the command shows. <c>make handbook</c> runs this class to write the blocks.
/// </summary>
public sealed partial class HandbookTests
{
    private const string Prompt = "$ dnsgate ";
    private const string Language = "console";

    public static TheoryData<string, int> Blocks =>
    [
        .. HandbookDocument.Sections.SelectMany(row => row.Section.Blocks(Language).Select((_, index) => (row.Section.PlainTitle, index))),
    ];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task The_executable_prints_what_the_handbook_says(string entry, int index)
    {
        var command = HandbookDocument.Find(entry).Section.Blocks(Language)[index].Split('\n')[0];
        Assert.StartsWith(Prompt, command, StringComparison.Ordinal);
        Assert.True(HandbookScenes.All.TryGetValue(entry, out var arrange), $"no scene for '{entry}'");
        await using var pod = await WholePod.StartAsync();
        await arrange(pod);

        var ended = await pod.RunAsync(command[Prompt.Length..].Split(' '));

        var printed = Time().Replace($"{command}\n{ended.Stderr}{ended.Stdout}(exit code {ended.ExitCode})\n", "2026-11-22T03:24:56.789Z");
        var difference = HandbookDocument.Compare(entry, Language, index, printed);
        Assert.True(difference is null, difference);
    }

    [Fact]
    public void Every_scene_has_its_entry() =>
        Assert.Equal([], HandbookScenes.All.Keys.Where(entry => HandbookDocument.Find(entry).Section.Blocks(Language).Count == 0));

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Time();
}
