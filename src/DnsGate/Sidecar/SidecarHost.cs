using DnsGate.Linux;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DnsGate.Sidecar;

/// <summary>
/// The process of <c>serve</c>: a web server and the loop. The server starts first, so that probes get an answer
/// from the first moment, and stops last.
/// </summary>
internal static class SidecarHost
{
    // After the signal, probes get 503 for this long, so that a kubelet can see it; the process ends within a second.
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(300);

    // A loop that has not ended by then is stuck; the process ends without it.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs until a signal comes.</summary>
    /// <param name="server">Answers requests.</param>
    /// <param name="loop">Runs until it is cancelled.</param>
    /// <param name="latest">Receives that the process is about to end.</param>
    /// <param name="signals">What may end it.</param>
    public static void Run(WebServer server, Action<CancellationToken> loop, LatestSnapshot latest, StopSignals signals)
    {
        var service = new Loop(loop);
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "dnsgate", ContentRootPath = "/" });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = LongestStop);
        builder.Services.AddSingleton<IHostLifetime>(services =>
            new SignalLifetime(signals, latest, services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddHostedService(_ => server);
        builder.Services.AddHostedService(_ => service);
        using var host = builder.Build();
        host.Run();
        if (service.ExecuteTask is { } loopTask && (loopTask.IsFaulted || (loopTask.IsCanceled && signals.Code == 0)))
        {
            // The host has ended because the loop did: a defect, and no clean end.
            loopTask.GetAwaiter().GetResult();
        }
    }

    private sealed class Loop(Action<CancellationToken> loop) : BackgroundService
    {
        // On a thread of its own: the thread pool answers probes.
        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.Factory.StartNew(() => loop(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private sealed class SignalLifetime(StopSignals signals, LatestSnapshot latest, IHostApplicationLifetime application) : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken)
        {
            signals.Token.Register(() =>
            {
                latest.Stop();
                _ = Task.Delay(Farewell, CancellationToken.None).ContinueWith(_ => application.StopApplication(), TaskScheduler.Default);
            });
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
