using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>A directory of k8s-examples, as kustomize builds it.</summary>
internal sealed partial class Example
{
    private static readonly ConcurrentDictionary<string, Task<string>> Built = new();

    private static readonly string Root = Repository.File("k8s-examples");

    private Example(string text)
    {
        Text = text;
        Objects = Yaml.Read(text);
        Pods = [.. Objects.Where(item => item.At("spec", "template", "spec", "containers") is not null).Select(item => new Pod(item))];
    }

    /// <summary>Every directory with a kustomization, by its path below k8s-examples.</summary>
    public static IReadOnlyList<string> Directories { get; } =
        [.. Directory.EnumerateFiles(Root, "kustomization.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!))
            .Order(StringComparer.Ordinal)];

    /// <summary>The version of DnsGate, which is the tag of its image everywhere.</summary>
    public static string Version { get; } =
        System.Xml.Linq.XDocument.Load(Repository.File("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>What kustomize wrote.</summary>
    public string Text { get; }

    /// <summary>Its objects.</summary>
    public IReadOnlyList<JsonNode> Objects { get; }

    /// <summary>The pods that they make.</summary>
    public IReadOnlyList<Pod> Pods { get; }

    /// <summary>Every container of every pod.</summary>
    public IEnumerable<Container> Containers => Pods.SelectMany(pod => pod.Containers);

    /// <summary>Every command line of DnsGate, those of probes included.</summary>
    public IEnumerable<Invocation> Invocations => Containers.SelectMany(container => container.Invocations);

    /// <summary>Objects of one kind.</summary>
    public IEnumerable<JsonNode> Load(string kind) => Objects.Where(item => item.Text("kind") == kind);

    /// <summary>Builds a directory, once in this process.</summary>
    public static async Task<Example> OfAsync(string directory)
    {
        if (!Tools.AreThere)
        {
            Assert.Skip(Tools.HowToInstall);
        }

        return new Example(await Built.GetOrAdd(directory, Build));

        static Task<string> Build(string directory) => Tools.KustomizeAsync(Path.Combine(Root, directory));
    }

    /// <summary>Builds a copy of a directory with another component than its own.</summary>
    public static Task<Example> WithComponentAsync(string directory, string component) =>
        ChangedAsync(directory, "kustomization.yaml", "kind: Kustomization\n", "kind: Kustomization\n", component);

    /// <summary>Builds a copy of a directory, with one thing in one of its files changed, and with another component.</summary>
    public static async Task<Example> ChangedAsync(string directory, string file, string from, string to, string? component = null)
    {
        if (!Tools.AreThere)
        {
            Assert.Skip(Tools.HowToInstall);
        }

        using TemporaryDirectory copy = new();
        // All of k8s-examples: a component is another directory.
        foreach (var original in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            var place = copy.File(Path.GetRelativePath(Root, original));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(original, place);
        }

        var text = await File.ReadAllTextAsync(copy.File(Path.Combine(directory, file)));
        Assert.Contains(from, text, StringComparison.Ordinal);
        copy.Write(Path.Combine(directory, file), text.Replace(from, to, StringComparison.Ordinal));
        if (component is not null)
        {
            var kustomization = Path.Combine(directory, "kustomization.yaml");
            var before = await File.ReadAllTextAsync(copy.File(kustomization));
            var after = ComponentLine().Replace(before, $"  - ../{component}");
            copy.Write(kustomization, after);
        }

        return new Example(await Tools.KustomizeAsync(copy.File(directory)));
    }

    [GeneratedRegex("^  - \\.\\./[a-z-]+$", RegexOptions.Multiline)]
    private static partial Regex ComponentLine();

    /// <summary>The same, with one thing in its text changed.</summary>
    public Example With(string from, string to)
    {
        Assert.Contains(from, Text, StringComparison.Ordinal);
        return new Example(Text.Replace(from, to, StringComparison.Ordinal));
    }
}
