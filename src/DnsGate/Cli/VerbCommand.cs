using System.Collections.Immutable;
using System.CommandLine;
using DnsGate.Core.Options;

namespace DnsGate.Cli;

/// <summary>A verb: its options, and what runs it.</summary>
internal sealed class VerbCommand : Command
{
    private readonly Func<VerbInput, ImmutableArray<string>, int> run;
    private readonly Dictionary<OptionDefinition, Option<string[]>> options = [];

    /// <param name="definition">The verb.</param>
    /// <param name="run">Runs it.</param>
    /// <param name="argument">What follows it; null for most.</param>
    public VerbCommand(VerbDefinition definition, Func<VerbInput, ImmutableArray<string>, int> run, Argument<string>? argument = null)
        : base(definition.Name)
    {
        (Definition, this.run) = (definition, run);
        TreatUnmatchedTokensAsErrors = false;
        foreach (var option in definition.Accepted)
        {
            options[option] = ToOption(option);
            Options.Add(options[option]);
        }

        if (argument is not null)
        {
            Arguments.Add(argument);
        }
    }

    /// <summary>What the verb is.</summary>
    public VerbDefinition Definition { get; }

    /// <summary>Runs the verb. The problems are those of the parser: the verb adds its own, so that people see all at once.</summary>
    public int Run(ParseResult result, ImmutableArray<string> problems)
    {
        var given = new Dictionary<OptionDefinition, IReadOnlyList<string>>();
        foreach (var (definition, option) in options)
        {
            given[definition] = [.. result.GetResult(option)?.Tokens.Select(token => token.Value) ?? []];
        }

        return run(new VerbInput(Name, given, result), problems);
    }

    // Every value is text here and is read by the core: flags and environment go through the same reader.
    private static Option<string[]> ToOption(OptionDefinition definition) =>
        new(definition.Flag, definition.ShortFlag is null ? [] : [definition.ShortFlag])
        {
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            // The library's own creates the array by reflection.
            CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
        };
}

/// <summary>What a verb was given on the command line.</summary>
/// <param name="Verb">Its name.</param>
/// <param name="Flags">The values of its options.</param>
/// <param name="Parsed">The rest.</param>
internal sealed record VerbInput(string Verb, IReadOnlyDictionary<OptionDefinition, IReadOnlyList<string>> Flags, ParseResult Parsed)
{
    /// <summary>A reader of its options: those of the command line, then those of the environment.</summary>
    public OptionReader CreateReader() => new(Flags, Environment.GetEnvironmentVariable);
}
