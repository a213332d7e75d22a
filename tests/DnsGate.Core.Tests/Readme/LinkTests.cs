using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>Every link inside the repository leads to a file, and to a heading of it where it names one.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Documents =>
        [.. new[] { "docs", "docker", "k8s-examples" }
            .SelectMany(directory => Directory.EnumerateFiles(Repository.File(directory), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.File("."), "*.md"))
            .Select(path => Path.GetRelativePath(Repository.File("."), path))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string document)
    {
        foreach (var link in MarkdownDocument.Read(document).Sections
            .SelectMany(section => section.Links)
            .Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, parts[0]);
            Assert.True(Path.Exists(Repository.File(target)), $"{document}: there is no '{link}'");
            Assert.True(
                parts.Length == 1 || MarkdownDocument.Read(target).Sections.Any(section => section.Anchor == parts[1]),
                $"{document}: '{link}' leads to no heading");
        }
    }
}
