using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests;

/// <summary>
/// The published executable reads every command line of the examples. The pod's name and address are made to be wrong, so
/// that it ends there, names all else that is wrong as well, and sends no query: an example is right when it says no more than it
/// says without its flags and variables.
/// </summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Directories => [.. Example.Directories];

    [Theory]
    [MemberData(nameof(Directories))]
    public async Task The_executable_takes_every_flag_and_variable(string directory)
    {
        var example = await Example.OfAsync(directory);

        foreach (var invocation in example.Invocations)
        {
            Assert.Equal("", await SaysAsync(invocation));
        }
    }

    [Theory]
    [InlineData("external-route53", "- --external\n", "- --externals\n", "--externals")]
    [InlineData("external-route53", "@authoritative", "@authority", "authority")]
    [InlineData("hbase-kerberos", "kube:kube-system/kube-dns", "kube:", "--servers")]
    [InlineData("wrapper", "- bound\n", "- bound\n            - --zookeeper\n            - 127.0.0.1:2181\n", "--zookeeper")]
    [InlineData("wrapper", "name: ZOO_CONF_DIR\n          value: /run/zookeeper\n",
        "name: DNSGATE_ROUNDS\n          value: many\n", "DNSGATE_ROUNDS")]
    [InlineData("init-container", "- wait\n", "- await\n", "await")]
    [InlineData("sidecar", "- startup\n", "- started\n", "started")]
    [InlineData("wrapper", "- install\n        - /dnsgate-bin\n", "- install\n        - /dnsgate-bin\n        - /bin\n", "/bin")]
    [InlineData("zookeeper-peers", "--peers=env:ZOO_SERVERS", "--peers=env:", "--peers")]
    [InlineData("clickhouse-keeper", "--peers=replicas:3", "--peers=replicas:three", "--peers")]
    [InlineData("indexed-job", "--peers-timeout=10m", "--peers-timeout=soon", "--peers-timeout")]
    public async Task One_that_it_does_not_take_is_found(string directory, string from, string to, string named)
    {
        var wrong = (await Example.OfAsync(directory)).With(from, to);

        List<string> said = [];
        foreach (var invocation in wrong.Invocations)
        {
            said.Add(await SaysAsync(invocation));
        }

        Assert.Contains(said, text => text.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>What the executable has against a command line; nothing where it is right.</summary>
    internal static async Task<string> SaysAsync(Invocation invocation)
    {
        using TemporaryDirectory directory = new();
        Dictionary<string, string> environment = new(invocation.Environment) { ["DNSGATE_NAME"] = "wrong", ["DNSGATE_IPS"] = "nowhere" };
        string[] command = invocation.Verb == "run" ? ["--", "true"] : [];
        // What is installed here goes to a directory of the test.
        string[] arguments = [.. invocation.Arguments.Select(argument =>
            invocation.Verb == "install" && argument == "/dnsgate-bin" ? directory.Path : argument)];

        var given = await Child.RunAsync(Executable.Path, [invocation.Verb, .. arguments, .. command], environment);
        if (invocation.Verb is "probe" or "install")
        {
            return given.ExitCode == 2 ? given.Stderr : "";
        }

        var bare = await Child.RunAsync(Executable.Path, [invocation.Verb, .. command],
            new Dictionary<string, string> { ["DNSGATE_NAME"] = "wrong", ["DNSGATE_IPS"] = "nowhere" });
        Assert.Equal((2, 2), (given.ExitCode, bare.ExitCode));
        // A verb that it does not know says nothing of the address.
        return bare.Stderr.Contains("nowhere", StringComparison.Ordinal)
            ? string.Join('\n', given.Stderr.Split('\n').Except(bare.Stderr.Split('\n')))
            : bare.Stderr;
    }
}
