using System.Net.Sockets;
using DnsGate.Bench;
using DnsGate.Bench.Processes;
using DnsGate.Bench.Wire;

if (args is ["farm", var count, var delay, var stale, var account])
{
    return await FarmProcess.ServeAsync(int.Parse(count), TimeSpan.FromMilliseconds(int.Parse(delay)), int.Parse(stale), account);
}

(string Name, Func<Launcher, Task<Section>> Run)[] parts =
[
    ("wire", _ => Task.FromResult(WirePart.Run())),
    ("check", CheckPart.RunAsync),
    ("many", ManyServersPart.RunAsync),
    ("discovery", DiscoveryPart.RunAsync),
    ("list", ListPart.RunAsync),
    ("wait", WaitPart.RunAsync),
    ("serve", ServePart.RunAsync),
    ("serve", BusyPart.RunAsync),
    ("soak", SoakPart.RunAsync),
];
string[] known = [.. parts.Select(part => part.Name).Distinct(), "process", "all"];
if (args is not [var executable, var measure, var dnsClientCheck, .. var wanted] || wanted.Except(known).Any())
{
    Console.Error.WriteLine($"usage: DnsGate.Bench EXECUTABLE MEASURE DNSCLIENT_CHECK [{string.Join('|', known)}]...");
    return 2;
}

var everything = wanted.Length == 0 || wanted.Contains("all");
try
{
    Launcher launcher = new(Copied(executable), Copied(measure), File.Exists(dnsClientCheck) ? Copied(dnsClientCheck) : dnsClientCheck);
    List<Section> sections = [];
    foreach ((var name, var run) in parts)
    {
        if (!everything && !wanted.Contains(name) && !(wanted.Contains("process") && name != "wire"))
        {
            continue;
        }

        Console.Error.WriteLine($"measuring: {name}");
        sections.Add(await run(launcher));
    }

    var page = $"{await Machine.DescribeAsync(launcher)}\n\n{string.Join('\n', sections.Select(section => section.ToMarkdown()))}";
    Console.WriteLine(page.TrimEnd('\n'));
    Directory.CreateDirectory("artifacts");
    File.WriteAllText("artifacts/bench.md", page);
    return sections.Any(section => section.HasMissed) ? 1 : 0;
}
catch (Exception e) when (e is BenchmarkFailedException or SocketException)
{
    Console.Error.WriteLine($"nothing was measured: {e.Message}");
    return 1;
}

// How much memory a program shows depends on how its file came into the page cache: all are written in the same way, just before.
static string Copied(string file)
{
    var copy = Path.GetFullPath(Path.Combine("artifacts", "bench", Path.GetFileName(file)));
    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
    File.Delete(copy);
    File.WriteAllBytes(copy, File.ReadAllBytes(file));
    File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
    return copy;
}
