using DnsGate.Cli;
using DnsGate.Core.Model;
using DnsGate.Linux;

Streams.FillClosed();
try
{
    return CommandLine.Run(args);
}
catch (Exception exception) when (exception is OutOfMemoryException or TypeInitializationException)
{
    // The runtime throws these where it cannot start a thread, too.
    Streams.Error.Write("dnsgate: this process can have no more memory or no more threads. Raise the container's memory limit or the "
        + "pod's limit of process ids.\n");
    return ExitCode.Undecidable;
}
catch (NotSupportedException exception)
{
    Streams.Error.Write($"dnsgate: {exception.Message}\n");
    return ExitCode.Undecidable;
}
