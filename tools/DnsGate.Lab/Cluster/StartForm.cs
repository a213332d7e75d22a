namespace DnsGate.Lab.Cluster;

/// <summary>Who is to be started.</summary>
/// <param name="Name">The pod.</param>
/// <param name="Address">Its address.</param>
/// <param name="Application">The application's command.</param>
internal sealed record StartContext(PodName Name, string Address, string[] Application);

/// <summary>How the start of an application is held back: not at all, by a work-around, or by DnsGate.</summary>
internal delegate PodSpec StartForm(StartContext start);

/// <summary>The forms that people use.</summary>
internal static class StartForms
{
    /// <summary>The application alone.</summary>
    public static PodSpec Bare(StartContext start) => new(start.Application);

    /// <summary><c>sleep 15</c> before it.</summary>
    public static PodSpec Sleep15(StartContext start) => new(["/bin/sh", "-c", "sleep 15; exec \"$@\"", "sh", .. start.Application]);

    /// <summary>
    /// A loop that asks one resolver until it gives the pod's address once. The short name, since /etc/hosts answers the long one.
    /// </summary>
    public static PodSpec OneResolver(StartContext start) => new(
        [
            "/bin/sh",
            "-c",
            """
            name=$1 ip=$2
            shift 2
            until [ "$(getent ahostsv4 "$name" | awk 'NR == 1 { print $1 }')" = "$ip" ]; do sleep 1; done
            exec "$@"
            """,
            "sh", start.Name.ShortName, start.Address, .. start.Application,
        ]);

    /// <summary><c>dnsgate run -- CMD</c> as the command of the application's container.</summary>
    public static StartForm Wrapper(params string[] options) =>
        start => new([Executable.Path, "run", .. options, "--", .. start.Application]);

    /// <summary><c>dnsgate wait</c> in an init container.</summary>
    public static StartForm InitContainer(params string[] options) =>
        start => new(start.Application) { InitContainer = [Executable.Path, "wait", .. options] };

    /// <summary><c>dnsgate serve</c> as a native sidecar with its startupProbe.</summary>
    public static StartForm Sidecar(params string[] options) => start =>
        new(start.Application) { Sidecar = [Executable.Path, "serve", .. options], StartupProbe = [Executable.Path, "probe", "startup"] };
}
