using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The archive of <c>make image</c>: one image for two platforms, each with its executable and nothing else.</summary>
public sealed partial class ImageTests
{
    private const UnixFileMode Mode0555 =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Both executables, by the architecture that the image has them for.</summary>
    private static Dictionary<string, string> Executables =>
        new() { [Emulated.HostArchitecture] = Executable.Path, [Emulated.Architecture] = Emulated.Path };

    [Fact]
    public async Task The_index_lists_linux_amd64_and_linux_arm64()
    {
        using var image = await BuildAsync();

        Assert.Equal("application/vnd.oci.image.index.v1+json", image.Index.GetProperty("mediaType").GetString());
        Assert.Equal(
            [("linux", "amd64"), ("linux", "arm64")],
            image.Platforms.Select(platform => Platform(platform.Descriptor.GetProperty("platform"))));
        Assert.All(image.Platforms, platform =>
            Assert.Equal(Platform(platform.Descriptor.GetProperty("platform")), Platform(platform.Configuration)));
    }

    [Fact]
    public async Task Each_platform_has_its_executable_in_one_layer_and_nothing_else()
    {
        using var image = await BuildAsync();

        foreach (var platform in image.Platforms)
        {
            var executable = await File.ReadAllBytesAsync(Executables[platform.Architecture]);
            (var entry, var content) = Assert.Single(Entries(platform.Layer));
            Assert.Equal(
                ("dnsgate", TarEntryType.RegularFile, Mode0555, 0, 0), (entry.Name, entry.EntryType, entry.Mode, entry.Uid, entry.Gid));
            Assert.Equal(executable, content);
        }

        var both = Executables.Values.Sum(path => new FileInfo(path).Length);
        Assert.InRange(new FileInfo(image.Archive).Length, both, both + 32 * 1024);
    }

    [Fact]
    public async Task It_starts_the_executable_as_a_user_that_is_not_root_by_number()
    {
        using var image = await BuildAsync();

        foreach (var config in image.Platforms.Select(platform => platform.Configuration.GetProperty("config")))
        {
            Assert.Equal("65532:65532", config.GetProperty("User").GetString());
            Assert.Equal(["/dnsgate"], config.GetProperty("Entrypoint").EnumerateArray().Select(item => item.GetString()));
            Assert.False(config.TryGetProperty("Cmd", out _));
        }
    }

    [Fact]
    public async Task The_labels_say_what_the_executables_and_the_sources_say()
    {
        using var image = await BuildAsync();
        Match[] printed = [.. new[] { await Gate.RunAsync("version"), await Emulated.RunAsync("version") }
            .Select(ended => PrintedVersion().Match(ended.Stdout))];

        Assert.Equal(2, printed.Length);
        Assert.All(printed, version => Assert.All(image.Platforms.Select(platform => platform.LabelValues), labels => Assert.Equal(
            new Dictionary<string, string>
            {
                ["org.opencontainers.image.title"] = "DnsGate",
                ["org.opencontainers.image.description"] = Source("src/DnsGate/DnsGate.csproj", "Description"),
                ["org.opencontainers.image.version"] = version.Groups["version"].Value,
                ["org.opencontainers.image.revision"] = version.Groups["commit"].Value,
                ["org.opencontainers.image.source"] = Source("Directory.Build.props", "RepositoryUrl"),
                ["org.opencontainers.image.licenses"] = "Apache-2.0",
            },
            labels)));
        Assert.Equal(Source("Directory.Build.props", "Version"), printed[0].Groups["version"].Value);
    }

    [Fact]
    public async Task Copies_of_the_executables_make_the_same_archive_and_nothing_else_is_left_behind()
    {
        using TemporaryDirectory directory = new();
        string[] copies = [directory.File("first"), directory.File("second")];
        File.Copy(Emulated.Path, copies[0]);
        File.Copy(Executable.Path, copies[1]);

        using var first = await BuildAsync();
        using var second = await Image.BuildAsync(copies);

        Assert.Equal(await File.ReadAllBytesAsync(first.Archive), await File.ReadAllBytesAsync(second.Archive));
        Assert.Equal([first.Archive], Directory.GetFileSystemEntries(Path.GetDirectoryName(first.Archive)!));
    }

    [Fact]
    public async Task The_archive_is_whole_for_those_who_read_the_index_and_for_docker()
    {
        using var image = await BuildAsync();
        var version = Source("Directory.Build.props", "Version");

        JsonElement[] descriptors =
        [
            image.Descriptor,
            .. image.Platforms.SelectMany(platform =>
                new[] { platform.Descriptor, platform.Manifest.GetProperty("config"), platform.Manifest.GetProperty("layers")[0] }),
        ];
        foreach (var descriptor in descriptors)
        {
            var blob = await File.ReadAllBytesAsync(image.Full(Image.Blob(descriptor)));
            Assert.Equal(descriptor.GetProperty("size").GetInt64(), blob.Length);
            Assert.Equal(descriptor.GetProperty("digest").GetString(), $"sha256:{Convert.ToHexStringLower(SHA256.HashData(blob))}");
        }

        Assert.Equal(
            descriptors.Select(Image.Blob).Order(),
            Directory.GetFiles(image.Full("blobs/sha256")).Select(path => $"blobs/sha256/{Path.GetFileName(path)}").Order());
        Assert.Equal(version, image.Descriptor.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString());
        Assert.Equal(
            image.Platforms.Select(platform => (
                platform.Architecture == Emulated.HostArchitecture ? $"dnsgate:{version}" : $"dnsgate:{version}-{platform.Architecture}",
                Image.Blob(platform.Manifest.GetProperty("config")),
                platform.Layer)),
            image.ForDocker.EnumerateArray().Select(item => (
                item.GetProperty("RepoTags").EnumerateArray().Single().GetString()!,
                item.GetProperty("Config").GetString()!,
                image.Full(item.GetProperty("Layers").EnumerateArray().Single().GetString()!))));
    }

    /// <summary>A machine without the cross compiler has one executable only.</summary>
    [Fact]
    public async Task One_executable_makes_an_index_of_one_platform()
    {
        using var image = await Image.BuildAsync();

        Assert.Equal(Emulated.HostArchitecture, image.Platforms.Single().Architecture);
    }

    [Fact]
    public async Task Something_else_in_place_of_the_executable_makes_no_archive()
    {
        Machine.NeedsProgram("buildah", "buildah");
        using TemporaryDirectory directory = new();
        using TemporaryDirectory elsewhere = new();
        // e_machine of the ELF header says which architecture it is for.
        var header = File.ReadAllBytes(Executable.Path)[..64];
        header[18] = (byte)(Emulated.Architecture == "arm64" ? 183 : 62);
        File.WriteAllBytes(elsewhere.File("another"), [.. header, .. "0.0.1+0123abc"u8]);

        var other = await Child.RunAsync(Repository.File("docker/image"), [directory.File("image.tar"), "/bin/true"]);
        var script = await Child.RunAsync(Repository.File("docker/image"), [directory.File("image.tar"), Repository.File("docker/image")]);
        var mixed = await Child.RunAsync(
            Repository.File("docker/image"), [directory.File("image.tar"), Executable.Path, elsewhere.File("another")]);

        Assert.All([other, script, mixed], ended => Assert.Equal(1, ended.ExitCode));
        Assert.Contains("bin/true version' does not print version and commit", other.Stderr, StringComparison.Ordinal);
        Assert.Contains("is not an executable for amd64 or arm64", script.Stderr, StringComparison.Ordinal);
        Assert.Contains("another' is not of the build", mixed.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    /// <summary>The Dockerfile compiles, the Containerfile copies: from there on they are one.</summary>
    [Fact]
    public void The_Dockerfile_makes_the_same_image()
    {
        var compiled = Last("docker/Dockerfile");
        var copied = Last("docker/Containerfile");

        string[] expected = [.. copied.Select(line => line switch
        {
            "ARG SOURCE=unknown" => $"ARG SOURCE={Source("Directory.Build.props", "RepositoryUrl")}",
            "COPY --chmod=0555 dnsgate /dnsgate" => "COPY --from=build --chmod=0555 /out/dnsgate /dnsgate",
            _ => line,
        })];
        Assert.Equal(expected, compiled);

        static string[] Last(string file) => [.. File.ReadLines(Repository.File(file)).SkipWhile(line => line != "FROM scratch")];
    }

    private static Task<Image> BuildAsync() => Image.BuildAsync([.. Executables.Values]);

    private static (string? System, string? Architecture) Platform(JsonElement of) =>
        (of.GetProperty("os").GetString(), of.GetProperty("architecture").GetString());

    private static IEnumerable<(TarEntry Entry, byte[] Content)> Entries(string archive)
    {
        using var file = File.OpenRead(archive);
        using TarReader reader = new(file);
        while (reader.GetNextEntry() is { } entry)
        {
            using MemoryStream content = new();
            entry.DataStream?.CopyTo(content);
            yield return (entry, content.ToArray());
        }
    }

    private static string Source(string file, string property) =>
        XDocument.Load(Repository.File(file)).Descendants(property).Single().Value;

    [GeneratedRegex("^dnsgate (?<version>[^ ]+) \\(commit (?<commit>[^ ,]+), ")]
    private static partial Regex PrintedVersion();
}
