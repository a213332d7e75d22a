namespace DnsGate.Core.Model;

/// <summary>The exit codes: a documented and tested contract.</summary>
internal static class ExitCode
{
    /// <summary>The gate is open; the application is bound (<c>bound</c>).</summary>
    public const int Open = 0;

    /// <summary>The gate is closed; the application is not bound.</summary>
    public const int Closed = 1;

    public const int Usage = 2;

    /// <summary>
    /// Undecidable: no DNS server found, or none answered; the kernel's tables of sockets cannot be read (<c>bound</c>).
    /// </summary>
    public const int Undecidable = 3;

    /// <summary><c>--timeout</c> has passed (<c>wait</c>, <c>run</c>); the code of timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>CMD of <c>run</c> cannot be executed; the code of env(1) and the shells.</summary>
    public const int NotExecutable = 126;

    /// <summary>CMD of <c>run</c> was not found.</summary>
    public const int NotFound = 127;

    /// <summary>SIGINT while waiting: 128 + 2.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM while waiting: 128 + 15.</summary>
    public const int Terminated = 143;
}
