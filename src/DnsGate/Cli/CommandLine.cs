using System.Collections.Immutable;
using System.CommandLine;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>From the arguments to a verb: which there are, which options each takes, and one way to report mistakes.</summary>
internal static class CommandLine
{
    private static readonly ImmutableArray<string> HelpFlags = ["--help", "-h", "-?"];

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        // What follows "--" is the command line of another program.
        var end = Array.IndexOf(arguments, "--");
        var own = WithHelpAsFlag(end < 0 ? arguments : arguments[..end]);
        var command = end < 0 ? null : arguments[(end + 1)..];

        var help = own.Any(HelpFlags.Contains) ? new Option<bool>(HelpFlags[0], [.. HelpFlags[1..]]) { Recursive = true } : null;
        var root = Build(own, command, help);
        // "@10.0.0.10" is an address with a typing mistake, not a response file.
        var result = root.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var verb = result.CommandResult.Command as VerbCommand;
        if (help is not null && result.GetResult(help) is not null && (verb is not null || result.UnmatchedTokens is []))
        {
            Streams.Out.Write(verb is null ? HelpReport.Render(Output.HelpWidth) : HelpReport.Render(verb.Definition, Output.HelpWidth));
            return ExitCode.Open;
        }

        if (own is [])
        {
            // Not a success: an init container without arguments would let the application start.
            Streams.Error.Write(HelpReport.Render(Output.HelpWidth) + "\n");
            return Usage.Report(null, ["no verb given"]);
        }

        if (verb is null)
        {
            // A word in brackets is a directive to the parser, and none of ours.
            var unknown = result.UnmatchedTokens is [var first, ..] ? first : own[0];
            return Usage.Report(null, [Unknown("verb or option", unknown, [.. VerbTable.All.Select(known => known.Name), "help"])]);
        }

        ImmutableArray<string> problems =
        [
            .. result.Errors.Select(error => error.Message.TrimEnd('.')).Distinct(),
            .. Unmatched(own, [.. TakenAsArgument(result, verb), .. result.UnmatchedTokens], verb.Definition),
            .. command is not null && verb.Definition.Command.Length == 0
                ? [$"'--' and a command belong to 'dnsgate run -- CMD'; {verb.Name} runs none"]
                : Array.Empty<string>(),
        ];
        return verb.Run(result, problems);
    }

    /// <summary>The same arguments, with <c>help VERB</c> written as <c>VERB --help</c>, and <c>--version</c> as the verb.</summary>
    private static string[] WithHelpAsFlag(string[] own) => own switch
    {
        ["help", .. var verb] => [.. verb, HelpFlags[0]],
        ["--version"] => [VerbTable.Version.Name],
        _ => own,
    };

    /// <summary>
    /// The arguments that the parser could not place, in words. The value of an unknown option is not a mistake of its own.
    /// </summary>
    private static IEnumerable<string> Unmatched(string[] own, IReadOnlyList<string> tokens, VerbDefinition verb)
    {
        var unknown = tokens.Where(token => token.StartsWith('-')).ToList();
        foreach (var token in unknown)
        {
            var name = NameOf(token);
            yield return verb.Accepted.Any(option => name == option.Flag || name == option.ShortFlag)
                ? $"option '{name}' must follow the verb: dnsgate {verb.Name} {name}"
                : Unknown("option", token, verb.Accepted.Select(option => option.Flag));
        }

        // Behind an unknown option its value cannot be told from the argument of the verb.
        var cannotTell = unknown.Count > 0 && verb.Arguments.Length > 0;
        foreach (var token in cannotTell ? [] : tokens.Except(unknown))
        {
            if (Array.IndexOf(own, token) is var place && (place < 1 || !unknown.Contains(own[place - 1])))
            {
                yield return $"unexpected argument '{token}'";
            }
        }
    }

    /// <summary>An unknown option that the parser took for the argument of the verb.</summary>
    private static IEnumerable<string> TakenAsArgument(ParseResult result, VerbCommand verb)
    {
        foreach (var token in verb.Arguments is [var argument] && result.GetResult(argument) is { } given ? given.Tokens : [])
        {
            if (token.Value.StartsWith('-'))
            {
                yield return token.Value;
            }
        }
    }

    private static string Unknown(string kind, string token, IEnumerable<string> known)
    {
        var name = NameOf(token);
        return Spelling.Closest(name, known) is { } meant
            ? $"unknown {kind} '{name}'; did you mean '{meant}'?"
            : $"unknown {kind} '{name}'";
    }

    /// <summary>An option without the value that is written to it: <c>--name=x</c>.</summary>
    private static string NameOf(string token) => token.Split('=')[0];

    private static Command Build(string[] own, string[]? command, Option<bool>? help)
    {
        // Not a RootCommand: its directives are not ours, and its help and version cost a third of the instructions of a check.
        var root = new Command(RootCommand.ExecutableName, HelpReport.Purpose) { TreatUnmatchedTokensAsErrors = false };
        if (help is not null)
        {
            root.Options.Add(help);
        }

        // Only the verbs that are among the arguments: all nine with their options were a tenth of the time of `dnsgate version`.
        foreach (var name in new HashSet<string>(own))
        {
            if (Create(name, command) is { } verb)
            {
                root.Subcommands.Add(verb);
            }
        }

        return root;
    }

    /// <summary>The verb of this name; null when there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="command">What follows "--".</param>
    private static VerbCommand? Create(string name, string[]? command) => name switch
    {
        "check" => new VerbCommand(VerbTable.Check, CheckVerb.Run),
        "wait" => new VerbCommand(VerbTable.Wait, WaitVerb.Run),
        "run" => new VerbCommand(VerbTable.Run, (input, problems) => RunVerb.Run(input, command, problems)),
        "serve" => new VerbCommand(VerbTable.Serve, ServeVerb.Run),
        "explain" => new VerbCommand(VerbTable.Explain, ExplainVerb.Run),
        "probe" => new VerbCommand(VerbTable.Probe, ProbeVerb.Run, ProbeVerb.Which),
        "bound" => new VerbCommand(VerbTable.Bound, BoundVerb.Run),
        "install" => new VerbCommand(VerbTable.Install, InstallVerb.Run, InstallVerb.Directory),
        "version" => new VerbCommand(VerbTable.Version, VersionVerb.Run),
        _ => null,
    };
}
