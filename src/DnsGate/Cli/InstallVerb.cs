using System.Collections.Immutable;
using System.CommandLine;
using DnsGate.Core.Model;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>
/// <c>dnsgate install DIR</c>: copies itself into a volume that the application's container shares; the image has no shell to do so.
/// </summary>
internal static class InstallVerb
{
    /// <summary>An existing directory.</summary>
    public static readonly Argument<string> Directory = new("DIR") { Arity = ArgumentArity.ZeroOrOne };

    public static int Run(VerbInput input, ImmutableArray<string> problems)
    {
        var directory = input.Parsed.GetValue(Directory);
        if (string.IsNullOrEmpty(directory) && problems.IsEmpty)
        {
            problems = problems.Add("no DIR given: dnsgate install DIR");
        }

        if (!problems.IsEmpty)
        {
            return Usage.Report(input.Verb, problems);
        }

        if (!Installer.TryInstall(directory!, out var target, out var problem))
        {
            return Usage.Report(input.Verb, [problem!]);
        }

        Streams.Out.Write($"installed {Printable.Escape(target)}\n");
        return ExitCode.Open;
    }
}
