using DnsGate.Core.Model;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>Says what is wrong with the usage or the configuration: all of it at once, and where help is; never the help itself.</summary>
internal static class Usage
{
    /// <summary>Prints the problems on stderr.</summary>
    /// <returns>2.</returns>
    public static int Report(string? verb, IEnumerable<string> problems)
    {
        var program = verb is null ? "dnsgate" : $"dnsgate {verb}";
        Streams.Error.Write(Text(program, problems));
        return ExitCode.Usage;
    }

    /// <summary>As <see cref="Report"/>, and for the kubelet as well: a container of a verb that waits has just ended.</summary>
    public static int ReportAndTerminate(string verb, IEnumerable<string> problems)
    {
        var all = problems.ToList();
        TerminationLog.Write(Text($"dnsgate {verb}", all));
        return Report(verb, all);
    }

    private static string Text(string program, IEnumerable<string> problems) =>
        string.Concat(problems.Select(problem => $"{program}: {Printable.Escape(problem)}\n")) + $"Try '{program} --help'.\n";
}
