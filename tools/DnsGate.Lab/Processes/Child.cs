using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace DnsGate.Lab.Processes;

/// <summary>What a process that has ended left.</summary>
internal sealed record ProcessResult(int ExitCode, string Stdout, string Stderr, TimeSpan Duration)
{
    /// <summary>All of it, for messages of failed assertions.</summary>
    public override string ToString() =>
        $"exit code {ExitCode} after {Duration.TotalMilliseconds:f0} ms\nstdout: {Stdout}\nstderr: {Stderr}";
}

/// <summary>
/// A process with a clean environment, whose output is always being read, so that it never waits for a full pipe. It and
/// all that it started are killed when this is disposed.
/// </summary>
internal sealed partial class Child : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>
    /// The variable that switches the interception check of the executable off. It is off in every child: the check sends a datagram to
    /// 192.0.2.1, and only a network namespace without a way out may set it to <c>on</c>.
    /// </summary>
    public const string InterceptionCheck = "DNSGATE_INTERCEPTION_CHECK";

    private readonly Process process;
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly StringBuilder stdout = new();
    private readonly StringBuilder stderr = new();
    private readonly Task reading;

    private Child(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, stdout), ReadAsync(process.StandardError, stderr));
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Of a process that has ended.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Its first child, for programs that start another in other namespaces; null while there is none.</summary>
    public int? ChildId => ChildrenOf(Id) is [int first, ..] ? first : null;

    public TextWriter Stdin => process.StandardInput;

    public string Stdout => Text(stdout);

    public string Stderr => Text(stderr);

    /// <summary>
    /// Starts a program. Its environment is PATH, the interception check off, and what is given, nothing of this process.
    /// </summary>
    public static Child Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        // .NET starts children with SIGPIPE ignored, a shell those in the background with SIGINT and SIGQUIT, nohup with SIGHUP; a
        // kubelet does none of that.
        ProcessStartInfo start = new("/usr/bin/env", ["--default-signal=PIPE,INT,QUIT,HUP", file, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = directory ?? "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment[InterceptionCheck] = "off";
        foreach ((var name, var value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new Child(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProcessResult> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        await using var child = Start(file, arguments, environment, directory);
        return await child.EndAsync();
    }

    /// <summary>The children of a process, if it has one thread; none if the process has ended.</summary>
    public static int[] ChildrenOf(int process)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{process}/task/{process}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Waits until it has ended by itself; fails when it does not.</summary>
    public async Task<ProcessResult> EndAsync()
    {
        using CancellationTokenSource limit = new(Eventually.Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            var duration = Stopwatch.GetElapsedTime(begun);
            await reading.WaitAsync(limit.Token);
            return new ProcessResult(process.ExitCode, Stdout, Stderr, duration);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"'{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}' did not end.\n"
                + $"stdout: {Stdout}\nstderr: {Stderr}");
        }
    }

    /// <summary>Waits until it has ended, for as long as that takes.</summary>
    public Task WaitAsync(CancellationToken stop) => process.WaitForExitAsync(stop);

    /// <summary>Sends a signal to the process itself.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(Id, signal));

    /// <summary>Sends a signal to any process.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Text(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        for (int length; (length = await from.ReadAsync(buffer)) > 0;)
        {
            lock (to)
            {
                to.Append(buffer, 0, length);
            }
        }
    }
}
