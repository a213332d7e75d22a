using System.Diagnostics;
using System.Net.Sockets;
using DnsGate.Linux;

namespace DnsGate.Tests.Linux;

/// <summary>The small text files of a pod, and what else may be in their place.</summary>
public sealed class TextFileTests : IDisposable
{
    private const int MaxBytes = 1 << 20;

    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate").FullName;

    private string FilePath => Path.Combine(directory, "file");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    /// <summary>The sizes around those of the buffer, and the largest.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65537)]
    [InlineData(MaxBytes - 1)]
    [InlineData(MaxBytes)]
    public void A_file_is_read_to_its_last_byte(int size)
    {
        var text = string.Concat(Enumerable.Range(0, (size / 8) + 1).Select(number => $"{number:D7}\n"))[..size];
        File.WriteAllText(FilePath, text);
        Assert.True(TextFile.TryRead(FilePath, out var read, out var problem), problem);
        Assert.Equal(text, read);
    }

    /// <summary>Files of /proc say that they are empty. This one is larger than the first buffer.</summary>
    [Fact]
    public void A_file_of_proc_is_read_to_its_end()
    {
        var value = string.Concat(Enumerable.Range(0, 5_000).Select(number => $"{number},"));
        using var process = Process.Start(new ProcessStartInfo("cat")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            Environment = { ["DNSGATE_TEST"] = value },
        })!;
        var isRead = TextFile.TryRead($"/proc/{process.Id}/environ", out var read, out var problem);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(isRead, problem);
        Assert.Contains($"DNSGATE_TEST={value}", read!.Split('\0'));
    }

    [Fact]
    public void Octets_that_are_no_UTF_8_do_not_hide_the_lines_around_them()
    {
        File.WriteAllBytes(FilePath, [.. "nameserver 10.0.0.1\n"u8, 0, 0xff, 0xfe, .. "\nnameserver 10.0.0.2\n"u8]);
        Assert.True(TextFile.TryRead(FilePath, out var read, out var problem), problem);
        Assert.StartsWith("nameserver 10.0.0.1\n", read, StringComparison.Ordinal);
        Assert.EndsWith("\nnameserver 10.0.0.2\n", read, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("missing/deeper", "does not exist")]
    [InlineData("file/deeper", "does not exist")]
    [InlineData("a link to nothing", "does not exist")]
    [InlineData("a link to itself", "cannot be read: Too many levels of symbolic links")]
    [InlineData("a directory", "cannot be read: it is a directory, or damaged")]
    [InlineData("a FIFO", "is not a file")]
    [InlineData("a socket", "cannot be read: No such device or address")]
    [InlineData("a byte too many", "is larger than 1 MiB, or a device")]
    [InlineData("/dev/zero", "is larger than 1 MiB, or a device")]
    public async Task What_cannot_be_read_is_named_with_the_reason(string what, string reason)
    {
        var path = Path.Combine(directory, what);
        using var socket = Put(what, path);

        // A FIFO without a writer must not keep the caller waiting.
        var (isRead, problem) = await Task.Run(() => (TextFile.TryRead(path, out _, out var problem), problem))
            .WaitAsync(TimeSpan.FromSeconds(10));

        Assert.False(isRead);
        Assert.Equal($"'{path}' {reason}", problem);
        Assert.Equal(reason == "does not exist", TextFile.IsMissing(path));
    }

    private Socket? Put(string what, string path)
    {
        switch (what)
        {
            case "file/deeper":
                File.WriteAllText(FilePath, "");
                break;
            case "a link to nothing":
                File.CreateSymbolicLink(path, Path.Combine(directory, "missing"));
                break;
            case "a link to itself":
                File.CreateSymbolicLink(path, path);
                break;
            case "a directory":
                Directory.CreateDirectory(path);
                break;
            case "a FIFO":
                using (var process = Process.Start("mkfifo", [path]))
                {
                    process.WaitForExit();
                    Assert.Equal(0, process.ExitCode);
                }

                break;
            case "a socket":
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
            case "a byte too many":
                File.WriteAllBytes(path, new byte[MaxBytes + 1]);
                break;
            default:
                break;
        }

        return null;
    }
}
