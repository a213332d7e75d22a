namespace DnsGate.Lab.Cluster;

/// <summary>A pod on its node: its sandbox, and what the kubelet does with the containers in it.</summary>
internal sealed class RunningPod : IAsyncDisposable
{
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stop = new();
    private readonly PodSpec spec;
    private readonly Task running;

    private RunningPod(Sandbox sandbox, PodSpec spec)
    {
        (Sandbox, this.spec) = (sandbox, spec);
        Application = new Container(sandbox, spec.Application);
        InitContainer = spec.InitContainer is null ? null : new Container(sandbox, spec.InitContainer);
        Sidecar = spec.Sidecar is null ? null : new Container(sandbox, spec.Sidecar);
        running = Task.Run(RunAsync);
    }

    public Sandbox Sandbox { get; }

    public string Address => Sandbox.Address;

    public Container Application { get; }

    public Container? InitContainer { get; }

    public Container? Sidecar { get; }

    /// <summary>What its containers wrote, for messages of failed assertions.</summary>
    public string Excerpt => $"init container:\n{InitContainer?.Excerpt}\nsidecar:\n{Sidecar?.Excerpt}\n"
        + $"application (exit codes {string.Join(' ', Application.ExitCodes)}):\n{Application.Excerpt}";

    public static async Task<RunningPod> StartAsync(NodeNetwork network, PodName name, string address, PodSpec spec) =>
        new(await Sandbox.StartAsync(network, name, address), spec);

    /// <summary>Ends the application as a deletion does, SIGTERM first, and then the sandbox with all that is in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Application.Signal(Child.SigTerm);
        await Eventually.HappensAsync(() => Task.FromResult(Application.ProcessId is null), GracePeriod);
        await Sandbox.DisposeAsync();
        foreach (var container in new[] { Application, InitContainer, Sidecar })
        {
            if (container is not null)
            {
                await container.DisposeAsync();
            }
        }

        stop.Dispose();
    }

    // The order of the kubelet: each init container to its end, a sidecar until its startupProbe has succeeded once.
    private async Task RunAsync()
    {
        if (InitContainer is not null)
        {
            await InitContainer.CompleteAsync(stop.Token);
        }

        var sidecar = Sidecar?.RunAsync(stop.Token) ?? Task.CompletedTask;
        if (Sidecar is not null)
        {
            await ProbeAsync();
        }

        await Task.WhenAll(sidecar, Application.RunAsync(stop.Token));
    }

    private async Task ProbeAsync()
    {
        while (true)
        {
            await using (var probe = Sandbox.Start(spec.StartupProbe))
            {
                await probe.WaitAsync(stop.Token);
                if (probe.ExitCode == 0)
                {
                    return;
                }
            }

            await Task.Delay(ProbePeriod, stop.Token);
        }
    }
}
