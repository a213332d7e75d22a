namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>The native executable, run from outside.</summary>
internal static class Gate
{
    /// <summary>Who the pod is; no server but those that a test names.</summary>
    private static readonly string[] Identity = ["--name", Pod.Name, "--ip", Pod.Ip, "--app", "off"];

    // Tests share /dev/shm; the pods that they stand for do not.
    private static readonly string[] Forgetful = ["--state", "off"];

    // Time enough for servers that do answer, on a machine that is busy with other tests.
    private static readonly string[] Patient = ["--timeout", "20s", "--query-timeout", "5s"];

    // Small enough to be quick, long enough for several rounds.
    private static readonly string[] Brisk =
        ["--timeout", "20s", "--query-timeout", "2s", "--settle", "300ms", "--rounds", "3", "--interval", "50ms"];

    /// <summary>
    /// The arguments of a verb: the identity, the servers, and what is said of the rest; options of the test replace those of the fixture.
    /// </summary>
    public static string[] Arguments(string verb, string servers, params string[] options)
    {
        List<string> arguments = [verb, .. options];
        string[] usual = [.. Identity, "--servers", servers, .. verb == "check" ? Patient : Brisk, .. verb == "serve" ? Forgetful : []];
        foreach (var option in usual.Chunk(2).Where(option => !options.Contains(option[0])))
        {
            arguments.AddRange(option);
        }

        return [.. arguments];
    }

    /// <summary>The arguments of <c>run</c> with a command.</summary>
    public static string[] RunArguments(string servers, params string[] command) => [.. Arguments("run", servers), "--", .. command];

    public static Task<ProcessResult> RunAsync(params string[] arguments) => Child.RunAsync(Executable.Path, arguments);

    public static Task<ProcessResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Child.RunAsync(Executable.Path, arguments, environment);

    /// <summary>Runs it through a shell: <c>"$0"</c> is the executable, <c>"$@"</c> the arguments.</summary>
    public static Task<ProcessResult> ShellAsync(string script, params string[] arguments) =>
        Child.RunAsync("/bin/sh", ["-c", script, Executable.Path, .. arguments]);

    public static Child Start(params string[] arguments) => Child.Start(Executable.Path, arguments);

    public static async Task<Verdict> CheckAsync(string servers, params string[] options) =>
        new(await RunAsync(Arguments("check", servers, [.. options, "-o", "json"])));

    public static async Task<Verdict> WaitAsync(string servers, params string[] options) =>
        new(await RunAsync(Arguments("wait", servers, [.. options, "-o", "json"])));
}
