using System.Diagnostics;
using System.Net.Sockets;
using DnsGate.Linux;

namespace DnsGate.Tests.Linux;

/// <summary>A file that a process leaves for its successor, and whatever else may be in its place.</summary>
public sealed class StateFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxBytes = 4096;

    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    private string FilePath => Path.Combine(directory, "state");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void What_was_written_is_read_and_only_its_user_may_read_it()
    {
        Assert.Equal((null, null), StateFile.Read(FilePath, MaxBytes));

        Assert.Null(StateFile.Write(FilePath, "first\n"));
        Assert.Null(StateFile.Write(FilePath, "second\n"));

        Assert.Equal(("second\n", null), StateFile.Read(FilePath, MaxBytes));
        Assert.Equal(Private, File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void A_file_of_the_largest_size_is_read_and_not_one_byte_more()
    {
        Assert.Null(StateFile.Write(FilePath, new string('x', MaxBytes)));
        Assert.Equal(MaxBytes, StateFile.Read(FilePath, MaxBytes).Text?.Length);

        File.AppendAllText(FilePath, "x");
        Assert.Equal((null, "it is larger than 4096 bytes"), StateFile.Read(FilePath, MaxBytes));
    }

    /// <summary>Each is in the place of the file. It is not read, and what is not a file of this user is not replaced either.</summary>
    [Theory]
    [InlineData("a link to a file", "it is a symbolic link", false)]
    [InlineData("a link to nothing", "it is a symbolic link", false)]
    [InlineData("a directory", "it is a directory", false)]
    [InlineData("a FIFO", "it is not a regular file", false)]
    [InlineData("a socket", "it cannot be opened: No such device or address", false)]
    [InlineData("mode 000", "", true)]
    [InlineData("mode 400", "its mode is 400, not 600", true)]
    [InlineData("mode 640", "its mode is 640, not 600", true)]
    [InlineData("mode 602", "its mode is 602, not 600", true)]
    [InlineData("mode 4600", "its mode is 4600, not 600", true)]
    public async Task What_is_not_as_it_was_written_is_not_read(string what, string problem, bool isReplaced)
    {
        using var socket = Put(what);
        if (what == "mode 000")
        {
            problem = Environment.IsPrivilegedProcess ? "its mode is 0, not 600" : "it cannot be opened: Permission denied";
        }

        // A FIFO without a writer must not keep the caller waiting.
        var read = await Task.Run(() => StateFile.Read(FilePath, MaxBytes)).WaitAsync(TimeSpan.FromSeconds(10));
        var refused = await Task.Run(() => StateFile.Write(FilePath, "new\n")).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((what, null, problem), (what, read.Text, read.Problem));
        Assert.Equal((what, isReplaced), (what, refused is null));
        Assert.Equal((what, isReplaced), (what, StateFile.Read(FilePath, MaxBytes).Text == "new\n"));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(directory), entry => entry.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_is_neither_read_nor_written_through()
    {
        using var nothing = Put("a link to a file");
        Assert.Equal("it is a symbolic link", StateFile.Write(FilePath, "new\n"));
        Assert.Equal("secret\n", File.ReadAllText(Path.Combine(directory, "target")));
    }

    [Fact]
    public void A_device_is_not_read()
    {
        // Not written, here or anywhere: as root, a broken program would replace the device of this machine.
        Assert.Equal((null, "it is not a regular file"), StateFile.Read("/dev/null", MaxBytes));
        Assert.Equal((null, "it is not a regular file"), StateFile.Read("/dev/zero", MaxBytes));
    }

    [Fact]
    public void A_file_of_another_user_is_not_read_or_replaced()
    {
        // Root gives a file away; another user has files of root.
        var (path, owner) = ("/etc/passwd", 0);
        if (Environment.IsPrivilegedProcess)
        {
            (path, owner) = (FilePath, 65532);
            Assert.Null(StateFile.Write(path, "x"));
            Run("chown", "65532", path);
        }

        Assert.StartsWith(
            $"it belongs to user {owner}, and this process is user ", StateFile.Read(path, MaxBytes).Problem, StringComparison.Ordinal);
        Assert.StartsWith($"it belongs to user {owner}, and this process is user ", StateFile.Write(path, "new"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no/such/directory", null, "No such file or directory")]
    [InlineData("file/state", "it cannot be opened: Not a directory", "Not a directory")]
    public void Where_there_is_no_directory_nothing_is_read_or_written(string place, string? onRead, string onWrite)
    {
        File.WriteAllText(Path.Combine(directory, "file"), "");
        var path = Path.Combine(directory, place);
        Assert.Equal((null, onRead), StateFile.Read(path, MaxBytes));
        Assert.Equal(onWrite, StateFile.Write(path, "x"));
    }

    [Fact]
    public void Where_files_cannot_be_made_the_problem_is_returned()
    {
        // Not even root can make files there.
        Assert.NotNull(StateFile.Write("/proc/self/state", "x"));
        Assert.Equal("File name too long", StateFile.Write(Path.Combine(directory, new string('x', 300)), "x"));
    }

    private Socket? Put(string what)
    {
        switch (what)
        {
            case "a link to a file":
                Assert.Null(StateFile.Write(Path.Combine(directory, "target"), "secret\n"));
                File.CreateSymbolicLink(FilePath, Path.Combine(directory, "target"));
                break;
            case "a link to nothing":
                File.CreateSymbolicLink(FilePath, Path.Combine(directory, "target"));
                break;
            case "a directory":
                Directory.CreateDirectory(FilePath);
                break;
            case "a FIFO":
                Run("mkfifo", "-m", "600", FilePath);
                break;
            case "a socket":
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(FilePath));
                return socket;
            default:
                Assert.Null(StateFile.Write(FilePath, "old\n"));
                File.SetUnixFileMode(FilePath, (UnixFileMode)Convert.ToInt32(what["mode ".Length..], 8));
                break;
        }

        return null;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
