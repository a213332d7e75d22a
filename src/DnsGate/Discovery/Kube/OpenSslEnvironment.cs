using System.Security.Cryptography.X509Certificates;
using DnsGate.Linux;

namespace DnsGate.Discovery.Kube;

/// <summary>
/// Isolates OpenSSL, and .NET around it, from the image: from configuration and certificates that are not meant for this executable.
/// </summary>
internal static unsafe class OpenSslEnvironment
{
    // No file is ever below a device.
    private const string Nowhere = "/dev/null/none";

    // What OpenSSL asks the C library for, not .NET's copy of the environment.
    private static readonly string[] Variables = ["OPENSSL_CONF", "SSL_CERT_DIR", "SSL_CERT_FILE"];

    /// <summary>
    /// Starts OpenSSL without them, for the rest of this process; to be called before anything else starts it.
    /// <list type="bullet">
    /// <item>openssl.cnf: one that activates a provider of its own (FIPS) is for the OpenSSL of the image. Linked statically, ours cannot
    /// load the provider, and .NET aborts the process.</item>
    /// <item>The system's certificates: not trusted here, but .NET parses them all when it first builds a chain, a hundred and more, for
    /// a tenth of a second: longer than a whole <c>check</c>.</item>
    /// <item>The user's: without HOME, .NET asks the C library for the home directory, which loads plug-ins of another C library where it
    /// can, and fails in an image without /etc/passwd. HOME is changed in .NET's copy of the environment alone.</item>
    /// </list>
    /// The variables are as they were when this returns: a CMD of <c>run</c> inherits them.
    /// </summary>
    public static void Isolate()
    {
        Environment.SetEnvironmentVariable("HOME", Nowhere);
        var before = new byte[]?[Variables.Length];
        for (var index = 0; index < Variables.Length; index++)
        {
            before[index] = Copy(Libc.GetVariable(Variables[index]));
            _ = Libc.SetVariable(Variables[index], Nowhere, 1);
        }

        try
        {
            // Where the certificates are is asked once, when the store is first read.
            using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
            system.Open(OpenFlags.ReadOnly);
            _ = system.Certificates.Count;
        }
        finally
        {
            for (var index = 0; index < Variables.Length; index++)
            {
                Restore(Variables[index], before[index]);
            }
        }
    }

    // Octets, not text: a variable need not be UTF-8.
    private static byte[]? Copy(byte* value)
    {
        if (value == null)
        {
            return null;
        }

        var length = 0;
        while (value[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(value, length + 1).ToArray();
    }

    private static void Restore(string name, byte[]? value)
    {
        fixed (byte* octets = value)
        {
            _ = octets == null ? Libc.UnsetVariable(name) : Libc.SetVariable(name, octets, 1);
        }
    }
}
