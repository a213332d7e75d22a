using System.Runtime.InteropServices;

namespace DnsGate.TestKit;

/// <summary>
/// A service account's directory (<c>/var/run/secrets/kubernetes.io/serviceaccount</c> in a pod): files <c>token</c>,
/// <c>ca.crt</c>, <c>namespace</c>. Written as the kubelet's AtomicWriter does: the files are links into <c>..data</c>, itself
/// a link to a directory, which is replaced at once, so that a reader sees all of the old or all of the new.
/// </summary>
public sealed class KubeCredentials
{
    private const string DataLink = "..data";
    private static readonly string[] Files = ["token", "ca.crt", "namespace"];
    private readonly Lock guard = new();
    private readonly Dictionary<string, string> contents;

    /// <summary>Writes a directory, which is created when it is missing.</summary>
    public KubeCredentials(string directory, string token, string certificateAuthorityPem, string @namespace = "prod")
    {
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        contents = new Dictionary<string, string> { ["token"] = token, ["ca.crt"] = certificateAuthorityPem, ["namespace"] = @namespace };
        Publish();
        foreach (var file in Files)
        {
            File.CreateSymbolicLink(Path.Combine(Directory, file), Path.Combine(DataLink, file));
        }
    }

    /// <summary>Writes a directory that a server accepts.</summary>
    public static KubeCredentials For(KubeApiServer server, string directory, string @namespace = "prod") =>
        new(directory, server.AcceptedToken, server.CertificateAuthorityPem, @namespace);

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>Replaces the token, as the kubelet does about once an hour.</summary>
    public void WriteToken(string token) => Replace("token", token);

    /// <summary>Replaces the certificates of the authority.</summary>
    public void WriteAuthority(string certificateAuthorityPem) => Replace("ca.crt", certificateAuthorityPem);

    /// <summary>Replaces token and authority by those of the server now, both at once.</summary>
    public void Follow(KubeApiServer server)
    {
        lock (guard)
        {
            contents["token"] = server.AcceptedToken;
            contents["ca.crt"] = server.CertificateAuthorityPem;
            Publish();
        }
    }

    /// <summary>Takes a file away: <c>token</c>, <c>ca.crt</c> or <c>namespace</c>.</summary>
    public void Remove(string file) => File.Delete(Path.Combine(Directory, file));

    private void Replace(string file, string content)
    {
        lock (guard)
        {
            contents[file] = content;
            Publish();
        }
    }

    private void Publish()
    {
        var link = Path.Combine(Directory, DataLink);
        var fresh = $"..{Guid.NewGuid():N}";
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, fresh));
        foreach ((var file, var content) in contents)
        {
            File.WriteAllText(Path.Combine(Directory, fresh, file), content);
        }

        var next = Path.Combine(Directory, "..data_tmp");
        File.CreateSymbolicLink(next, fresh);
        // Not File.Move, which does not move links to directories.
        if (Rename(next, link) != 0)
        {
            throw new IOException($"{next}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        // The kubelet now deletes the last directory, which a reader may just have found its way into; here it stays.
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static extern int Rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
