using System.Runtime.InteropServices;
using DnsGate.Core.Model;

namespace DnsGate.Linux;

/// <summary>
/// Becomes the application: the same process (PID, environment, working directory, limits, open files), another program.
/// </summary>
internal static class Exec
{
    /// <summary>Replaces this process. Returns only when that failed.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="problem">Why it failed, for people.</param>
    /// <returns>126 or 127, like env(1) and the shells.</returns>
    public static int Replace(IReadOnlyList<string> command, out string problem)
    {
        // The .NET runtime ignores SIGPIPE, and what is ignored stays ignored across execve (signal(7)): the application
        // would get EPIPE where it expects to be ended. Signals that are handled go back to default by themselves.
        _ = Libc.Signal(Libc.SigPipe, Libc.DefaultAction);
        var error = Execute(RawArguments.AfterDashes(command));
        problem = $"cannot run '{command[0]}': {Marshal.GetPInvokeErrorMessage(error)}";
        return error is Libc.Enoent or Libc.Enotdir ? ExitCode.NotFound : ExitCode.NotExecutable;
    }

    private static unsafe int Execute(byte[][] arguments)
    {
        // Never freed: either this process becomes another program, or it ends.
        var vector = (byte**)NativeMemory.Alloc((nuint)arguments.Length + 1, (nuint)sizeof(byte*));
        for (var index = 0; index < arguments.Length; index++)
        {
            var length = arguments[index].Length;
            vector[index] = (byte*)NativeMemory.Alloc((nuint)length + 1);
            arguments[index].CopyTo(new Span<byte>(vector[index], length));
            vector[index][length] = 0;
        }

        vector[arguments.Length] = null;
        _ = Libc.Execvp(vector[0], vector);
        return Marshal.GetLastPInvokeError();
    }
}
