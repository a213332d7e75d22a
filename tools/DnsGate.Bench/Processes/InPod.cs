using System.Diagnostics;

namespace DnsGate.Bench.Processes;

/// <summary>
/// A mount namespace in which a service account is where the kubelet puts it, and no DNS server but the farm's. Every contender enters it
/// in the same way, so that what entering costs cancels out.
/// </summary>
internal sealed class InPod : IAsyncDisposable
{
    private const string Hold = """
        mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount \
          && mount --bind "$0" /run/secrets/kubernetes.io/serviceaccount && mount --bind /dev/null /etc/resolv.conf \
          && echo ready && exec cat
        """;

    private readonly Process holder;
    private readonly ServerFarm farm;

    private InPod(Process holder, ServerFarm farm) => (this.holder, this.farm) = (holder, farm);

    /// <summary>Makes the namespace.</summary>
    /// <exception cref="BenchmarkFailedException">It cannot be had, as without root.</exception>
    public static async Task<InPod> OfAsync(ServerFarm farm)
    {
        ProcessStartInfo start = new("unshare", ["--mount", "sh", "-c", Hold, farm.Account])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var holder = Process.Start(start)!;
        return await holder.StandardOutput.ReadLineAsync() == "ready"
            ? new InPod(holder, farm)
            : throw new BenchmarkFailedException("no mount namespace: measuring discovery needs root");
    }

    /// <summary>A contender that runs in there.</summary>
    public Contender Run(string name, int exitCode, params string[] command) => new(
        name,
        exitCode,
        [
            "nsenter", "--target", $"{holder.Id}", "--mount", "env",
            "KUBERNETES_SERVICE_HOST=127.0.0.1", $"KUBERNETES_SERVICE_PORT={farm.ApiPort}", .. command,
        ]);

    public async ValueTask DisposeAsync()
    {
        holder.StandardInput.Close();
        await holder.WaitForExitAsync();
        holder.Dispose();
    }
}
