using System.Runtime.InteropServices;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// The executable that is cross-compiled for the other architecture (linux-arm64 on an x64 machine), run by QEMU in user mode. QEMU
/// stands ahead of it in every command, so the kernel need not know how to start it (binfmt_misc).
/// </summary>
internal static class Emulated
{
    private static readonly bool IsArm64 = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64;

    /// <summary>The architecture of this machine, as images name it.</summary>
    public static string HostArchitecture => IsArm64 ? "arm64" : "amd64";

    /// <summary>The other architecture, as images name it.</summary>
    public static string Architecture => IsArm64 ? "amd64" : "arm64";

    /// <summary>The other architecture, as .NET names it.</summary>
    public static string Runtime => IsArm64 ? "linux-x64" : "linux-arm64";

    /// <summary>QEMU: one static file, so that it runs in an empty root as well.</summary>
    public static string Emulator => IsArm64 ? "/usr/bin/qemu-x86_64-static" : "/usr/bin/qemu-aarch64-static";

    /// <summary>The cross-compiled executable; the test is skipped where it is missing.</summary>
    public static string Path
    {
        get
        {
            var path = Repository.File($"artifacts/dnsgate-{Runtime}");
            if (!File.Exists(path))
            {
                Assert.Skip($"needs {path}: make native RUNTIME={Runtime}");
            }

            return path;
        }
    }

    /// <summary>The command that runs it, ahead of its arguments.</summary>
    public static string[] Command
    {
        get
        {
            Machine.NeedsFile(Emulator, "qemu-user-static");
            return [Emulator, Path];
        }
    }

    public static Child Start(params string[] arguments)
    {
        var command = Command;
        return Child.Start(command[0], [.. command[1..], .. arguments]);
    }

    public static async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        await using var child = Start(arguments);
        return await child.EndAsync();
    }

    public static async Task<Verdict> CheckAsync(string servers) => new(await RunAsync(Gate.Arguments("check", servers, "-o", "json")));
}
