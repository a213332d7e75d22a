using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGate.Discovery.Kube;

namespace DnsGate.Tests.Kube;

/// <summary>What TLS is kept from, and that nobody else notices.</summary>
public sealed class OpenSslEnvironmentTests
{
    [Fact]
    public void The_variables_that_a_CMD_inherits_are_as_they_were()
    {
        // In a program this happens once; here, not while another test does it.
        RuntimeHelpers.RunClassConstructor(typeof(KubeClient).TypeHandle);
        byte[]?[] before = [Variable("SSL_CERT_FILE"), Variable("OPENSSL_CONF"), Variable("HOME")];
        // Octets that are no UTF-8 stay what they are: .NET would write three others in their place.
        byte[] value = [(byte)'/', 0xFF, (byte)':', 0];
        Assert.Equal(0, SetVariable("SSL_CERT_DIR", value, 1));
        try
        {
            OpenSslEnvironment.Isolate();

            Assert.Equal(value[..^1], Variable("SSL_CERT_DIR"));
            Assert.Equal(before, [Variable("SSL_CERT_FILE"), Variable("OPENSSL_CONF"), Variable("HOME")]);
        }
        finally
        {
            Assert.Equal(0, UnsetVariable("SSL_CERT_DIR"));
        }
    }

    private static byte[]? Variable(string name)
    {
        var value = GetVariable(name);
        if (value == 0)
        {
            return null;
        }

        List<byte> octets = [];
        for (var at = 0; Marshal.ReadByte(value, at) is var octet and not 0; at++)
        {
            octets.Add(octet);
        }

        return [.. octets];
    }

    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint GetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, byte[] value, int overwrite);

    [DllImport("libc", EntryPoint = "unsetenv")]
    private static extern int UnsetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
