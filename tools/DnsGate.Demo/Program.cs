using System.ComponentModel;
using System.Runtime.InteropServices;
using DnsGate.Demo;

if (args is not [string executable] || !File.Exists(executable))
{
    Console.Error.WriteLine("usage: DnsGate.Demo EXECUTABLE    the dnsgate executable that `make native` builds");
    return 1;
}

// Long before a person, or a pipeline, gives up on it.
using CancellationTokenSource stop = new(TimeSpan.FromSeconds(28));
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

try
{
    await using Scene scene = new();
    return await new Story(scene, new Gate(Path.GetFullPath(executable), scene)).TellAsync(stop.Token) ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("stopped before the end of the story");
    return 1;
}
catch (Win32Exception e)
{
    Console.Error.WriteLine($"{executable} cannot be run: {e.Message}");
    return 1;
}

// Not the default action, which would leave the child behind.
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
