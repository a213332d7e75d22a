using DnsGate.TestKit;

namespace DnsGate.Core.Tests;

/// <summary>
/// The interception check sends a datagram to 192.0.2.1. No test, demo or benchmark may send it from the machine that it runs on.
/// </summary>
public sealed class HarnessTests
{
    private const string Variable = "DNSGATE_INTERCEPTION_CHECK";

    // These start other programs, never dnsgate.
    private static readonly string[] WithoutGate =
        ["tools/DnsGate.Bench/Processes/InPod.cs", "tools/DnsGate.Bench/Processes/ServerFarm.cs"];

    [Fact]
    public void Everything_that_starts_the_executable_switches_the_interception_check_off()
    {
        string[] files = [.. ((string[])["tests", "tools"])
            .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories))
            .Where(path =>
                !path.Contains("/obj/", StringComparison.Ordinal) && !path.EndsWith("/HarnessTests.cs", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("ProcessStartInfo start = new(", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.File("."), path))
            .Except(WithoutGate)
            .Order(StringComparer.Ordinal)];

        Assert.Equal(
            ["tools/DnsGate.Bench/Processes/Launcher.cs", "tools/DnsGate.Demo/Gate.cs", "tools/DnsGate.Lab/Processes/Child.cs"], files);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(Repository.File(file));
            Assert.Contains(Variable, text, StringComparison.Ordinal);
            Assert.Contains("] = \"off\";", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Only_a_pod_in_a_network_of_its_own_switches_it_on() => Assert.Equal(
        ["tests/DnsGate.EndToEnd.Tests/Fixtures/WholePod.cs"],
        ((string[])["tests", "tools"])
            .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories))
            .Where(path =>
                !path.Contains("/obj/", StringComparison.Ordinal) && !path.EndsWith("/HarnessTests.cs", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path) is var text
                && (text.Contains("[Child.InterceptionCheck] = \"on\"", StringComparison.Ordinal)
                    || text.Contains("\"--interception-check\", \"on\"", StringComparison.Ordinal)
                    || text.Contains($"{Variable}=on", StringComparison.Ordinal)))
            .Select(path => Path.GetRelativePath(Repository.File("."), path)));
}
