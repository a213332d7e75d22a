using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>What <c>make release</c> makes of executables and image, and the version that it has.</summary>
public sealed partial class ReleaseTests
{
    /// <summary>e_machine of ELF.</summary>
    private const byte Amd64 = 0x3e;
    private const byte Arm64 = 0xb7;

    private static readonly string Version = Properties("Directory.Build.props", "Version").Single().Value;

    [Fact]
    public async Task A_release_has_both_executables_the_image_a_valid_SBOM_and_the_checksums_of_all()
    {
        Machine.NeedsProgram("jq", "jq");
        Machine.NeedsProgram("dpkg-query", "dpkg");
        // Debian's own compiler has the long name as well.
        Machine.NeedsProgram("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu");
        Machine.NeedsProgram("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu");
        using TemporaryDirectory directory = new();
        var other = Other(directory, IsArm64 ? Amd64 : Arm64);
        var image = directory.Write("image.tar", "image");

        var made = await DistAsync(directory, IsArm64 ? other : Executable.Path, IsArm64 ? Executable.Path : other, image);

        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Equal(
            ["SHA256SUMS", "dnsgate-image.tar", "dnsgate-linux-amd64", "dnsgate-linux-arm64", "dnsgate.cdx.json"],
            Directory.EnumerateFiles(directory.File("dist")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        var verified = await Child.RunAsync("sha256sum", ["--check", "--strict", "SHA256SUMS"], directory: directory.File("dist"));
        Assert.Equal("dnsgate-image.tar: OK\ndnsgate-linux-amd64: OK\ndnsgate-linux-arm64: OK\ndnsgate.cdx.json: OK\n", verified.Stdout);
        Assert.Equal(0, verified.ExitCode);
        Assert.Equal(
            File.ReadAllBytes(Executable.Path),
            File.ReadAllBytes(directory.File(IsArm64 ? "dist/dnsgate-linux-arm64" : "dist/dnsgate-linux-amd64")));

        var file = directory.File("dist/dnsgate.cdx.json");
        var validated = await Tools.RunAsync("sbom.mjs", file);
        Assert.True(validated.ExitCode == 0, validated.ToString());
        var sbom = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.Equal(("dnsgate", Version), (sbom.Text("metadata", "component", "name"), sbom.Text("metadata", "component", "version")));
        string[] packages = [.. sbom.Items("components")
            .Select(component => component.Text("purl")!)
            .Select(purl => PackageVersion().Replace(purl, "$1"))];
        Assert.Empty(CompiledIn.Except(packages));
        Assert.Empty(packages.Intersect([.. Packages("Build"), .. Packages("Tests"), "pkg:nuget/Microsoft.DotNet.ILCompiler"]));
        Assert.All(["amd64", "arm64"], architecture => Assert.Contains(packages, purl => IsLibrary(purl, "libssl-dev", architecture)));
        Assert.Contains(packages, purl => IsLibrary(purl, "libc6-dev", IsArm64 ? "arm64" : "amd64"));
        Assert.Equal(
            sbom.Items("components").Select(component => component.Text("bom-ref")),
            sbom.Items("dependencies")
                .Single(item => item.Text("ref") == sbom.Text("metadata", "component", "bom-ref"))
                .Texts("dependsOn"));

        static bool IsLibrary(string purl, string package, string architecture) =>
            purl.StartsWith("pkg:deb/", StringComparison.Ordinal)
            && purl.Contains($"/{package}?arch={architecture}&", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Arm64, Arm64, "amd64")]
    [InlineData(Amd64, Amd64, "arm64")]
    public async Task An_executable_for_another_architecture_is_rejected(byte first, byte second, string wrong)
    {
        using TemporaryDirectory directory = new();

        var ended = await DistAsync(directory, Other(directory, first), Other(directory, second), directory.Write("image.tar", "image"));

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"is not an executable for {wrong}", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_that_of_the_build_properties() => Assert.Equal($"{Version}\n", (await VersionAsync()).Stdout);

    [Theory]
    [InlineData("v0.0.1")]
    [InlineData("")]
    [InlineData("main")]
    public async Task A_tag_of_another_version_is_rejected(string tag)
    {
        var ended = await VersionAsync(tag);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"tag v{Version}", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tag_of_the_version_is_accepted_once_the_changelog_has_its_date()
    {
        var isDated = Regex.IsMatch(Newest, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");

        var ended = await VersionAsync($"v{Version}");

        Assert.True(ended.ExitCode == (isDated ? 0 : 1), ended.ToString());
        Assert.Equal(!isDated, ended.Stderr.Contains("write the date of the release", StringComparison.Ordinal));
    }

    [Fact]
    public void The_status_line_of_the_README_has_the_version() =>
        Assert.Contains($"\nVersion {Version}, Linux", Repository.Readme, StringComparison.Ordinal);

    /// <summary>A number there would be wrong after the next release.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("SECURITY.md")]
    [InlineData("docker/README.md")]
    [InlineData("docs/adopt.md")]
    [InlineData("k8s-examples/README.md")]
    public void A_document_has_no_version_in_the_name_of_the_image(string document)
    {
        var text = File.ReadAllText(Repository.File(document));

        Assert.Contains("dnsgate:VERSION", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("dnsgate(-image\\.tar)?:[0-9]", text);
    }

    /// <summary>"unreleased", or a date.</summary>
    private static string Newest
    {
        get
        {
            var heading = File.ReadLines(Repository.File("CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal));
            Assert.StartsWith($"## [{Version}] - ", heading, StringComparison.Ordinal);
            return heading[$"## [{Version}] - ".Length..];
        }
    }

    /// <summary>What NuGet contributes to the executables, as package URLs without versions.</summary>
    private static IEnumerable<string> CompiledIn =>
    [
        .. Packages("Product"),
        .. new[] { "linux-x64", "linux-arm64" }.SelectMany(runtime => new[]
        {
            $"pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.{runtime}",
            $"pkg:nuget/Microsoft.AspNetCore.App.Runtime.{runtime}",
        }),
    ];

    private static IEnumerable<string> Packages(string label) =>
        Properties("Directory.Packages.props", "ItemGroup")
            .Single(group => group.Attribute("Label")?.Value == label)
            .Elements()
            .Select(package => $"pkg:nuget/{package.Attribute("Include")!.Value}");

    private static bool IsArm64 => RuntimeInformation.OSArchitecture == Architecture.Arm64;

    /// <summary>The start of an executable for a machine; enough for what does not run it.</summary>
    private static string Other(TemporaryDirectory directory, byte machine)
    {
        var file = directory.File($"dnsgate-{machine:x}");
        File.WriteAllBytes(file, [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, machine, 0]);
        return file;
    }

    private static async Task<ProcessResult> DistAsync(TemporaryDirectory directory, string amd64, string arm64, string image)
    {
        // The .NET SDK finds NuGet's packages at home. A busy machine takes longer for it than for anything else here.
        await using var child = Child.Start(Repository.File("release/dist"), [directory.File("dist"), amd64, arm64, image], Environment);
        await child.WaitAsync(TestContext.Current.CancellationToken);
        return await child.EndAsync();
    }

    private static Task<ProcessResult> VersionAsync(params string[] arguments) =>
        Child.RunAsync(Repository.File("release/version"), arguments);

    private static Dictionary<string, string> Environment =>
        new[] { "HOME", "PATH" }.ToDictionary(name => name, name => System.Environment.GetEnvironmentVariable(name)!);

    private static IEnumerable<XElement> Properties(string file, string name) => XDocument.Load(Repository.File(file)).Descendants(name);

    [GeneratedRegex("^([^@]+)@[^?]+")]
    private static partial Regex PackageVersion();
}
