using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGate.Core.Model;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary><c>dnsgate version</c>: version, commit, runtime.</summary>
internal static class VersionVerb
{
    public static int Run(VerbInput input, ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            return Usage.Report(input.Verb, problems);
        }

        Streams.Out.Write(Text() + "\n");
        return ExitCode.Open;
    }

    /// <summary><c>dnsgate 1.2.3 (commit 0123abc, .NET 10.0.9, native AOT, linux-x64)</c>.</summary>
    public static string Text()
    {
        var kind = RuntimeFeature.IsDynamicCodeSupported ? "JIT" : "native AOT";
        return $"dnsgate {BuildInfo.Version} (commit {BuildInfo.Commit}, {BuildInfo.Runtime}, {kind}, "
            + $"{RuntimeInformation.RuntimeIdentifier})";
    }
}
