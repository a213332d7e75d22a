using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>What <c>make image</c> writes: the executable and nothing else, labelled with what it says of itself.</summary>
public sealed partial class ImageTests
{
    private const UnixFileMode Mode0555 =
        UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public async Task It_is_the_executable_in_one_layer_and_nothing_else()
    {
        using Image image = await Image.BuildAsync();

        long executable = new FileInfo(Executable.Path).Length;

        Assert.Equal([("dnsgate", TarEntryType.RegularFile, executable, Mode0555, 0, 0)], Entries(image.Layer));
        Assert.InRange(new FileInfo(image.Archive).Length, executable, executable + 32 * 1024);
    }

    [Fact]
    public async Task It_starts_the_executable_as_a_user_that_is_not_root_by_number()
    {
        using Image image = await Image.BuildAsync();

        JsonElement config = image.Configuration.GetProperty("config");

        Assert.Equal("65532:65532", config.GetProperty("User").GetString());
        Assert.Equal(["/dnsgate"], config.GetProperty("Entrypoint").EnumerateArray().Select(item => item.GetString()));
        Assert.False(config.TryGetProperty("Cmd", out _));
        Assert.Equal(("linux", "amd64"), (image.Configuration.GetProperty("os").GetString(), image.Configuration.GetProperty("architecture").GetString()));
    }

    [Fact]
    public async Task Its_labels_say_what_the_executable_says_and_that_is_the_version_of_the_sources()
    {
        using Image image = await Image.BuildAsync();
        Match said = SaidVersion().Match((await Gate.RunAsync("version")).Stdout);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["org.opencontainers.image.title"] = "DnsGate",
                ["org.opencontainers.image.description"] = Source("src/DnsGate/DnsGate.csproj", "Description"),
                ["org.opencontainers.image.version"] = said.Groups["version"].Value,
                ["org.opencontainers.image.revision"] = said.Groups["commit"].Value,
                ["org.opencontainers.image.licenses"] = "Apache-2.0",
            },
            image.LabelValues);
        Assert.Equal(Source("Directory.Build.props", "Version"), said.Groups["version"].Value);
    }

    [Fact]
    public async Task The_same_executable_makes_the_same_archive_and_nothing_else_is_left_behind()
    {
        using Image first = await Image.BuildAsync();
        using Image second = await Image.BuildAsync();

        Assert.Equal(await File.ReadAllBytesAsync(first.Archive), await File.ReadAllBytesAsync(second.Archive));
        Assert.Equal([first.Archive], Directory.GetFileSystemEntries(Path.GetDirectoryName(first.Archive)!));
    }

    [Fact]
    public async Task The_archive_is_whole_for_those_who_read_the_index_and_for_docker()
    {
        using Image image = await Image.BuildAsync();
        JsonElement listed = image.Index.GetProperty("manifests").EnumerateArray().Single();
        string version = Source("Directory.Build.props", "Version");

        foreach (JsonElement descriptor in new[] { listed, image.Manifest.GetProperty("config"), image.Manifest.GetProperty("layers")[0] })
        {
            byte[] blob = await File.ReadAllBytesAsync(image.Full(Image.Blob(descriptor)));
            Assert.Equal(descriptor.GetProperty("size").GetInt64(), blob.Length);
            Assert.Equal(descriptor.GetProperty("digest").GetString(), $"sha256:{Convert.ToHexStringLower(SHA256.HashData(blob))}");
        }

        Assert.Equal(version, listed.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString());
        JsonElement docker = image.ForDocker.EnumerateArray().Single();
        Assert.Equal($"dnsgate:{version}", docker.GetProperty("RepoTags").EnumerateArray().Single().GetString());
        Assert.Equal(Image.Blob(image.Manifest.GetProperty("config")), docker.GetProperty("Config").GetString());
        Assert.Equal(image.Layer, image.Full(docker.GetProperty("Layers").EnumerateArray().Single().GetString()!));
    }

    [Fact]
    public async Task Something_else_in_place_of_the_executable_makes_no_archive()
    {
        Machine.NeedsProgram("buildah", "buildah");
        using TemporaryDirectory directory = new();

        Ended ended = await Child.RunAsync(Repository.File("docker/image"), ["/bin/true", directory.File("image.tar")]);

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("/bin/true", ended.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    /// <summary>The Dockerfile compiles, the Containerfile copies: from there on they are one.</summary>
    [Fact]
    public void The_Dockerfile_makes_the_same_image_of_the_version_of_the_sources()
    {
        string[] compiled = Last("docker/Dockerfile");
        string[] copied = Last("docker/Containerfile");
        string version = $"ARG VERSION={Source("Directory.Build.props", "Version")}";

        string[] expected = [.. copied.Select(line => line switch
        {
            "ARG VERSION=unknown" => version,
            "COPY --chmod=0555 dnsgate /dnsgate" => "COPY --from=build --chmod=0555 /out/dnsgate /dnsgate",
            _ => line,
        })];
        Assert.Equal(expected, compiled);
        Assert.Equal(2, File.ReadLines(Repository.File("docker/Dockerfile")).Count(line => line == version));

        static string[] Last(string file) => [.. File.ReadLines(Repository.File(file)).SkipWhile(line => line != "FROM scratch")];
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docker/README.md")]
    public void The_handbooks_name_the_image_of_the_version_of_the_sources(string file)
    {
        string[] named = [.. NamedVersion().Matches(File.ReadAllText(Repository.File(file))).Select(match => match.Value)];

        Assert.NotEmpty(named);
        Assert.All(named, version => Assert.Equal(Source("Directory.Build.props", "Version"), version));
    }

    private static IEnumerable<(string Name, TarEntryType Type, long Length, UnixFileMode Mode, int User, int Group)> Entries(string archive)
    {
        using FileStream file = File.OpenRead(archive);
        using TarReader reader = new(file);
        while (reader.GetNextEntry() is { } entry)
            yield return (entry.Name, entry.EntryType, entry.Length, entry.Mode, entry.Uid, entry.Gid);
    }

    private static string Source(string file, string property) => XDocument.Load(Repository.File(file)).Descendants(property).Single().Value;

    [GeneratedRegex("^dnsgate (?<version>[^ ]+) \\(commit (?<commit>[^ ,]+), ")]
    private static partial Regex SaidVersion();

    // "dnsgate:0.1.0", "dnsgate-image.tar:0.1.0"
    [GeneratedRegex("(?<=dnsgate(-image\\.tar)?:)[0-9][0-9A-Za-z.+-]*")]
    private static partial Regex NamedVersion();
}
