using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests;

/// <summary>
/// A folder of the sources uses only folders that docs/architecture.md lists before it. Namespaces follow folders, and a name of another
/// folder needs a using directive or a qualified name, so the text of the sources tells every dependency.
/// </summary>
public sealed class LayerTests
{
    private static readonly string[] Core = ["Text", "Dns", "Model", "Options", "Discovery", "Rules", "Gate", "Report", "Bound"];
    private static readonly string[] Shell = ["Linux", "Ask", "Discovery", "Loop", "Sidecar", "Cli"];

    [Theory]
    [InlineData("src/DnsGate.Core", "DnsGate.Core")]
    [InlineData("src/DnsGate", "DnsGate")]
    public void A_folder_uses_only_folders_listed_before_it(string project, string root)
    {
        var layers = root == "DnsGate" ? Shell : Core;
        var wrong = SourcesOf(project)
            .SelectMany(file => UsedLayers(File.ReadAllText(file.Path), root, layers)
                .Where(used => Array.IndexOf(layers, used) > Array.IndexOf(layers, file.Folder))
                .Select(used => $"{file.Name} uses {used}"))
            .ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("src/DnsGate.Core", "DnsGate.Core")]
    [InlineData("src/DnsGate", "DnsGate")]
    public void Every_file_is_in_a_layer_and_its_namespace_is_its_folder(string project, string root)
    {
        var layers = root == "DnsGate" ? Shell : Core;
        Assert.All(SourcesOf(project), file =>
        {
            Assert.Contains(file.Folder, layers);
            var folders = Path.GetDirectoryName(file.Name)!.Replace('/', '.');
            Assert.Contains($"namespace {root}.{folders};", File.ReadAllLines(file.Path));
        });
    }

    [Theory]
    [InlineData("using DnsGate.Core.Report;", "Report")]
    [InlineData("using DnsGate.Core.Report.Page;", "Report")]
    [InlineData("var x = Gate.Pace.Burst;", "Gate")]
    [InlineData("/// <see cref=\"Core.Gate.Pace\"/>", "Gate")]
    [InlineData("snapshot.Report.Length", "")]
    [InlineData("using System.Text;", "")]
    public void A_dependency_is_found_however_it_is_written(string text, string layers) =>
        Assert.Equal(layers, string.Join(' ', UsedLayers(text, "DnsGate.Core", Core)));

    private static IEnumerable<string> UsedLayers(string text, string root, string[] layers)
    {
        var names = string.Join('|', layers);
        var directives = Regex.Matches(text, $@"^using {Regex.Escape(root)}\.({names})\b", RegexOptions.Multiline);
        var qualified = Regex.Matches(Regex.Replace(text, "^(using|namespace) .*$", "", RegexOptions.Multiline),
            $@"(?<![\w.])(?:DnsGate\.)?(?:{(root == "DnsGate" ? "" : "Core\\.")})?({names})\.[A-Z]\w*");
        return directives.Concat(qualified).Select(match => match.Groups[1].Value).Distinct();
    }

    private static IEnumerable<(string Path, string Name, string Folder)> SourcesOf(string project)
    {
        var folder = Repository.File(project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => file.Name != "Program.cs"
                && !file.Name.StartsWith("bin/", StringComparison.Ordinal)
                && !file.Name.StartsWith("obj/", StringComparison.Ordinal))
            .Select(file => (file.Path, file.Name, file.Name.Split('/')[0]));
    }
}
