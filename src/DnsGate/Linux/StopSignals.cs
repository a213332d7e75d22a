using System.Runtime.InteropServices;
using DnsGate.Core.Model;

namespace DnsGate.Linux;

/// <summary>
/// SIGINT and SIGTERM as a cancellation. Also as PID 1, for which the kernel drops signals without a handler.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration[] registrations;
    private volatile int exitCode;

    public StopSignals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>The exit code of the signal that came: 130 or 143.</summary>
    public int Code => exitCode;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        // The source is left to the collector: a signal may be on its way to Stop.
    }

    private void Stop(PosixSignalContext context, int code)
    {
        context.Cancel = true;
        Interlocked.CompareExchange(ref exitCode, code, 0);
        stop.Cancel();
    }
}
