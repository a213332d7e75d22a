using System.Formats.Tar;
using System.Text.Json;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>The image that docker/image makes of the executable, as it is in the archive.</summary>
internal sealed class Image : IDisposable
{
    private readonly TemporaryDirectory _directory;

    private Image(TemporaryDirectory directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory.File("archive"));
        TarFile.ExtractToDirectory(Archive, directory.File("archive"), overwriteFiles: false);
        Index = Read("index.json");
        Manifest = Read(Blob(Index.GetProperty("manifests").EnumerateArray().Single()));
        Configuration = Read(Blob(Manifest.GetProperty("config")));
    }

    /// <summary>The only file in its directory, if all is well.</summary>
    public string Archive => Path.Combine(_directory.File("made"), "image.tar");

    /// <summary>index.json of the OCI layout.</summary>
    public JsonElement Index { get; }

    /// <summary>The manifest that the index names.</summary>
    public JsonElement Manifest { get; }

    /// <summary>The image's configuration, which the manifest names.</summary>
    public JsonElement Configuration { get; }

    /// <summary>https://github.com/opencontainers/image-spec/blob/main/annotations.md.</summary>
    public IReadOnlyDictionary<string, string> LabelValues =>
        Configuration.GetProperty("config").GetProperty("Labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    /// <summary>manifest.json, for docker.</summary>
    public JsonElement ForDocker => Read("manifest.json");

    /// <summary>The one layer, a tar archive.</summary>
    public string Layer => Full(Blob(Manifest.GetProperty("layers").EnumerateArray().Single()));

    /// <summary>Builds it of the executable under test.</summary>
    public static async Task<Image> BuildAsync()
    {
        Machine.NeedsProgram("buildah", "buildah");
        TemporaryDirectory directory = new();
        try
        {
            Directory.CreateDirectory(directory.File("made"));
            Ended ended = await Child.RunAsync(Repository.File("docker/image"), [Executable.Path, Path.Combine(directory.File("made"), "image.tar")]);
            // Not every machine lets other users make the user namespace that buildah needs.
            if (ended.ExitCode != 0 && Environment.UserName != "root")
                Assert.Skip($"needs root, or a user that buildah can work for: {ended.Stderr.Trim()}");
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
    public string Full(string path) => Path.Combine(_directory.File("archive"), path);

    public void Dispose() => _directory.Dispose();

    private JsonElement Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Full(path)));
        return document.RootElement.Clone();
    }
}
