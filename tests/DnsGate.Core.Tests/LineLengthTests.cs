using System.Globalization;
using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests;

/// <summary>
/// Lines of C# are no longer than <c>max_line_length</c> in .editorconfig, which <c>dotnet format</c> does not check. Only the
/// content of a raw string literal may be longer.
/// </summary>
public sealed partial class LineLengthTests
{
    private static readonly int MaxLength = int.Parse(
        LengthSetting().Match(File.ReadAllText(Repository.File(".editorconfig"))).Groups[1].Value, CultureInfo.InvariantCulture);

    [Fact]
    public void No_line_of_code_is_longer_than_editorconfig_allows()
    {
        string[] projects = ["src", "tests", "tools"];
        var files = projects
            .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => (Path: path, Name: Path.GetRelativePath(Repository.File("."), path).Replace('\\', '/')))
            .Where(file => !GeneratedFolder().IsMatch(file.Name))
            .Order()
            .ToList();
        Assert.All(projects, folder => Assert.Contains(files, file => file.Name.StartsWith($"{folder}/", StringComparison.Ordinal)));

        var wrong = files
            .SelectMany(file => LongLines(File.ReadLines(file.Path), MaxLength).Select(number => $"{file.Name}:{number}"))
            .ToList();
        Assert.True(wrong.Count == 0, $"These lines are longer than {MaxLength} characters:\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [InlineData("abcdefghijklmnopqrst", "")]
    [InlineData("abcdefghijklmnopqrstu", "1")]
    [InlineData("// short\nabcdefghijklmnopqrst\n\nabcdefghijklmnopqrstuvwxyz", "4")]
    [InlineData("var text = '''\nabcdefghijklmnopqrstuvwxyz\n''';\nabcdefghijklmnopqrstuvwxyz", "4")]
    [InlineData("var text = $$'''\nabcdefghijklmnopqrstuvwxyz\n'''.Length + 1 + 23456;", "3")]
    [InlineData("var characters = $$'''\nabcdefghijklmnopqrstuvwxyz\n''';", "1")]
    [InlineData("var text = '''abcde''';\nabcdefghijklmnopqrstuvwxyz", "1 2")]
    public void Only_the_content_of_a_raw_string_literal_may_be_longer(string code, string numbers)
    {
        var lines = code.Replace("'''", new string('"', 3), StringComparison.Ordinal).Split('\n');
        Assert.Equal(numbers, string.Join(' ', LongLines(lines, 20)));
    }

    // The numbers of the lines that are too long. Three quotes begin and end a raw string literal.
    private static IEnumerable<int> LongLines(IEnumerable<string> lines, int maxLength)
    {
        var number = 0;
        var isContent = false;
        foreach (var line in lines)
        {
            number++;
            var changes = RawQuotes().Count(line) % 2 == 1;
            if (line.Length > maxLength && (!isContent || changes))
            {
                yield return number;
            }

            isContent ^= changes;
        }
    }

    [GeneratedRegex(@"^max_line_length = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex LengthSetting();

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex GeneratedFolder();

    [GeneratedRegex("\"{3,}")]
    private static partial Regex RawQuotes();
}
