using System.Reflection;
using DnsGate.Core.Judge;
using DnsGate.Core.Spec;

namespace DnsGate.Core.Tests.Readme;

/// <summary>Holds README's tables to the program. On failure the message is the table that belongs there.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Root(), "README.md"));

    [Fact]
    public void The_table_of_options_is_that_of_the_program() => Holds(Settings.All.Select(setting =>
        $"| `{(setting.ShortFlag is null ? "" : setting.ShortFlag + "`, `")}{setting.Flag} {setting.Value}`{(setting.IsList ? " (repeat)" : "")} | `{setting.Environment}` | {setting.Default} | {setting.Meaning} |"));

    [Fact]
    public void The_table_of_reasons_is_that_of_the_program() => Holds(Enum.GetValues<Reason>().Select(reason =>
        $"| `{reason.Name()}` | {reason.Meaning()} | {reason.Remedy() ?? "–"} |"));

    [Fact]
    public void The_table_of_exit_codes_has_every_code_and_no_other()
    {
        var codes = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!).Order();
        var documented = Readme.Split('\n')
            .SkipWhile(line => !line.StartsWith("| exit code", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => int.Parse(line.Split('|')[1].Trim().Trim('`')))
            .Order();

        Assert.Equal(codes, documented);
    }

    private static void Holds(IEnumerable<string> rows)
    {
        var table = string.Join('\n', rows);

        Assert.True(Readme.Contains(table, StringComparison.Ordinal), $"README.md should have exactly these rows:\n{table}");
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "DnsGate.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the project");
        }

        return directory;
    }
}
