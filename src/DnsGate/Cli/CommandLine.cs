using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using DnsGate.Core.Options;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>From the arguments to a verb: which there are, which options each takes, and one way to say that something is wrong.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        // What follows "--" is another program's and none of our parser's business.
        var end = Array.IndexOf(arguments, "--");
        var own = end < 0 ? arguments : arguments[..end];
        var command = end < 0 ? null : arguments[(end + 1)..];

        var root = Build(own, command);
        // "@10.0.0.10" is an address with a typing mistake, not a response file.
        var result = root.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // Our verbs have no action of the library's; --help and --version do.
        if (result.Action is HelpAction || (result.Errors.Count == 0 && result.Action is not null))
        {
            using var text = new StringWriter();
            var code = result.Invoke(new InvocationConfiguration { Output = text, Error = text });
            Streams.Out.Write(text.ToString());
            return code;
        }

        var verb = result.CommandResult.Command as VerbCommand;
        if (verb is null)
        {
            var unknown = result.UnmatchedTokens is [] ? own : result.UnmatchedTokens;
            return Usage.Report(null, unknown is [] ? ["no verb given"] : unknown.Select(token => $"unknown verb or option '{token}'"));
        }

        ImmutableArray<string> problems =
        [
            .. result.Errors.Select(error => error.Message.TrimEnd('.')).Distinct(),
            .. command is not null && !verb.TakesCommand
                ? ["nothing is run here: '--' belongs to 'dnsgate run -- CMD'"]
                : Array.Empty<string>(),
        ];
        return verb.Run(result, problems);
    }

    private static Command Build(string[] own, string[]? command)
    {
        // Not a RootCommand: its directives are not ours, and its help and version cost a third of the instructions of a check.
        var root = new Command(
            RootCommand.ExecutableName,
            "Holds a pod's application back until every name server that its clients may ask gives exactly this pod's addresses for its "
            + "name, and its name for its addresses.");
        if (own.Any(argument => argument is "--help" or "-h" or "-?" or "/h" or "/?" or "--version"))
        {
            root.Options.Add(new HelpOption());
            root.Options.Add(new VersionOption());
        }

        // Options are made only of a verb that is among the arguments: a hundred of them were 7 % of the time of `dnsgate version`.
        VerbCommand Verb(string name, string description, ImmutableArray<OptionDefinition> definitions,
            Func<VerbInput, ImmutableArray<string>, int> run) =>
            new(name, description, own.Contains(name) ? definitions : [], run);

        root.Subcommands.Add(Verb("check", "one round now: exit 0 open, 1 closed, 3 undecidable", OptionTable.All, CheckVerb.Run));
        root.Subcommands.Add(Verb("wait", "wait until the gate opens (init container)", OptionTable.All, WaitVerb.Run));
        var run = Verb("run", "wait, then become CMD: dnsgate run [options] -- CMD [ARG...] (entrypoint wrapper)",
            OptionTable.All, (input, problems) => RunVerb.Run(input, command, problems));
        run.TakesCommand = true;
        root.Subcommands.Add(run);
        root.Subcommands.Add(
            Verb("serve", "watch for ever; HTTP probes, status, metrics and a page (native sidecar)", OptionTable.All, ServeVerb.Run));
        root.Subcommands.Add(Verb("explain", "all that is known, as a page for a person", OptionTable.All, ExplainVerb.Run));
        root.Subcommands.Add(ProbeVerb.Command());
        root.Subcommands.Add(Verb(
            "bound", "has the application bound on this pod's address: exit 0 bound, 1 not bound, 3 undecidable (its startupProbe)",
            OptionTable.OfBound, BoundVerb.Run));
        root.Subcommands.Add(InstallVerb.Command());
        root.Subcommands.Add(Verb("version", "version, commit, runtime", [], VersionVerb.Run));
        return root;
    }
}
