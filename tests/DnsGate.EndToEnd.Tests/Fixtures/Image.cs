using System.Formats.Tar;
using System.Text.Json;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>The archive that docker/image writes, and the image in it.</summary>
internal sealed class Image : IDisposable
{
    private readonly TemporaryDirectory directory;

    private Image(TemporaryDirectory directory)
    {
        this.directory = directory;
        Directory.CreateDirectory(directory.File("archive"));
        TarFile.ExtractToDirectory(Archive, directory.File("archive"), overwriteFiles: false);
        Descriptor = Read("index.json").GetProperty("manifests").EnumerateArray().Single();
        Index = Read(Blob(Descriptor));
        Platforms = [.. Index.GetProperty("manifests").EnumerateArray().Select(PlatformOf)];
    }

    /// <summary>The only file in its directory, if all is well.</summary>
    public string Archive => Path.Combine(directory.File("made"), "image.tar");

    /// <summary>The descriptor of the image, in index.json of the OCI layout.</summary>
    public JsonElement Descriptor { get; }

    /// <summary>The image index: a manifest for each platform.</summary>
    public JsonElement Index { get; }

    /// <summary>What the index lists, in its order.</summary>
    public IReadOnlyList<ImagePlatform> Platforms { get; }

    /// <summary>manifest.json, for docker.</summary>
    public JsonElement ForDocker => Read("manifest.json");

    /// <summary>Builds it of this machine's executable, for what starts it.</summary>
    public static Task<Image> BuildAsync() => BuildAsync(Executable.Path);

    /// <summary>Builds it of these executables.</summary>
    public static async Task<Image> BuildAsync(params string[] executables)
    {
        Machine.NeedsProgram("buildah", "buildah");
        TemporaryDirectory directory = new();
        try
        {
            Directory.CreateDirectory(directory.File("made"));
            var ended = await Child.RunAsync(
                Repository.File("docker/image"), [Path.Combine(directory.File("made"), "image.tar"), .. executables]);
            // Not every machine lets other users make the user namespace that buildah needs.
            if (ended.ExitCode != 0 && Environment.UserName != "root")
            {
                Assert.Skip($"needs root, or a user that buildah can work for: {ended.Stderr.Trim()}");
            }

            Assert.True(ended.ExitCode == 0, ended.ToString());
            return new Image(directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The path of a blob in the archive, by its descriptor.</summary>
    public static string Blob(JsonElement descriptor) => $"blobs/{descriptor.GetProperty("digest").GetString()!.Replace(':', '/')}";

    /// <summary>A file of the archive.</summary>
    public string Full(string path) => Path.Combine(directory.File("archive"), path);

    public void Dispose() => directory.Dispose();

    private ImagePlatform PlatformOf(JsonElement descriptor)
    {
        var manifest = Read(Blob(descriptor));
        return new ImagePlatform(descriptor, manifest, Read(Blob(manifest.GetProperty("config"))),
            Full(Blob(manifest.GetProperty("layers").EnumerateArray().Single())));
    }

    private JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Full(path)));
        return document.RootElement.Clone();
    }
}

/// <summary>The image for one platform.</summary>
/// <param name="Descriptor">Its entry in the index.</param>
/// <param name="Manifest">The manifest that the entry names.</param>
/// <param name="Configuration">The image's configuration, which the manifest names.</param>
/// <param name="Layer">The file of its one layer, a tar archive.</param>
internal sealed record ImagePlatform(JsonElement Descriptor, JsonElement Manifest, JsonElement Configuration, string Layer)
{
    public string Architecture => Configuration.GetProperty("architecture").GetString()!;

    /// <summary>https://github.com/opencontainers/image-spec/blob/main/annotations.md.</summary>
    public IReadOnlyDictionary<string, string> LabelValues =>
        Configuration.GetProperty("config")
            .GetProperty("Labels")
            .EnumerateObject()
            .ToDictionary(label => label.Name, label => label.Value.GetString()!);
}
