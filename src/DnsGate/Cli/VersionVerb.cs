using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary><c>dnsgate version</c>: version, commit, runtime.</summary>
internal static class VersionVerb
{
    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var reader = input.CreateReader();
        var format = reader.ReadOutput();
        ImmutableArray<string> problems = [.. parserProblems, .. reader.Problems];
        if (!problems.IsEmpty)
        {
            return Usage.Report(input.Verb, problems);
        }

        // A table of one row is its text.
        Streams.Out.Write(format switch
        {
            OutputFormat.Json => Json(),
            OutputFormat.None => "",
            _ => $"dnsgate {BuildInfo.Version} (commit {BuildInfo.Commit}, {BuildInfo.Runtime}, {Compilation}, "
                + $"{RuntimeInformation.RuntimeIdentifier})\n",
        });
        return ExitCode.Open;
    }

    private static string Compilation => RuntimeFeature.IsDynamicCodeSupported ? "JIT" : "native AOT";

    private static string Json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("version", BuildInfo.Version);
            json.WriteString("commit", BuildInfo.Commit);
            json.WriteString("runtime", BuildInfo.Runtime);
            json.WriteString("compilation", Compilation);
            json.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
