using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace DnsGate.Bench.Processes;

/// <summary><c>dnsgate serve</c> on a port of its own, killed when this is disposed.</summary>
internal sealed class Sidecar : IAsyncDisposable
{
    private const int Closed = 503;
    private const int Open = 200;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);
    private static readonly byte[] Startup = HttpConnection.RequestOf("/startupz");

    private readonly Process process;
    private readonly long begun;
    private readonly StringBuilder log = new();

    private Sidecar(Process process, IPEndPoint at, long begun)
    {
        (this.process, At, this.begun) = (process, at, begun);
        process.ErrorDataReceived += (_, line) => log.AppendLine(line.Data);
        process.BeginErrorReadLine();
    }

    public IPEndPoint At { get; }

    /// <summary>Seconds since it was started.</summary>
    public double Age => Stopwatch.GetElapsedTime(begun).TotalSeconds;

    /// <summary>Seconds of processor time so far, user and system.</summary>
    public double Cpu
    {
        get
        {
            // Of the whole process to the nanosecond; /proc/PID/stat knows hundredths of a second.
            if (ClockOf(process.Id, out var clock) != 0 || ReadClock(clock, out var time) != 0)
            {
                throw Failure("has ended");
            }

            return time.Seconds + time.Nanoseconds / 1e9;
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double Resident => Read(process => process.WorkingSet64);

    /// <summary>The part of it that no file holds, in MiB.</summary>
    public double Anonymous => AnonymousOf(process.Id);

    /// <summary>The most of it so far.</summary>
    public double Peak => Read(process => process.PeakWorkingSet64);

    /// <summary>Resident memory of a process that no file holds, in MiB (proc(5): RssAnon).</summary>
    public static double AnonymousOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024.0;
    }

    /// <summary>Starts one, and does not wait for it.</summary>
    public static Sidecar Start(Launcher launcher, InPod pod, params string[] arguments)
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var at = (IPEndPoint)free.LocalEndPoint!;
        free.Close();
        var command = pod.Run("serve", 0, [launcher.Executable, "serve", .. arguments, "--listen", $"{at}"]).Command;
        var start = Launcher.Prepare(command[0], command[1..]);
        start.RedirectStandardError = true;
        // In the environment: earlier versions, which are measured beside this one, do not know the flag.
        start.Environment["DNSGATE_STATE"] = "off";
        var begun = Stopwatch.GetTimestamp();
        return new Sidecar(Process.Start(start)!, at, begun);
    }

    /// <summary>Waits for the first whole answer of /startupz: that the gate is closed.</summary>
    public async Task AnswersAsync()
    {
        const int microseconds = 200;
        while (true)
        {
            try
            {
                using var connection = await HttpConnection.OpenAsync(At);
                if (await connection.AskAsync(Startup) is var status and not Closed)
                {
                    throw Failure($"starts with {status}");
                }

                return;
            }
            catch (SocketException) when (Age < LongestStart.TotalSeconds && !process.HasExited)
            {
                // A timer would not come back before a whole millisecond has passed.
                _ = Sleep(microseconds);
            }
            catch (SocketException)
            {
                throw Failure("does not answer");
            }
        }
    }

    /// <summary>Asks on a connection of its own, as the kubelet does.</summary>
    /// <returns>The status.</returns>
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            using var connection = await HttpConnection.OpenAsync(At);
            return await connection.AskAsync(request);
        }
        catch (SocketException e)
        {
            throw Failure($"does not answer: {e.Message}");
        }
    }

    /// <summary>Sees to it that the gate is as it is to be: figures of another one would mean nothing.</summary>
    public async Task VerifyAsync(bool isOpen)
    {
        var status = await AskAsync(Startup);
        if (status != (isOpen ? Open : Closed))
        {
            throw Failure($"says {status} of a gate that is to be {(isOpen ? "open" : "closed")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private BenchmarkFailedException Failure(string problem) => new($"the sidecar {problem}\n{log}");

    private double Read(Func<Process, long> octets)
    {
        process.Refresh();
        return octets(process) / 1048576.0;
    }

    [DllImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static extern int ClockOf(int process, out int clock);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ReadClock(int clock, out TimeSpec time);

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int Sleep(uint microseconds);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
