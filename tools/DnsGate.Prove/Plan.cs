using System.Globalization;

namespace DnsGate.Prove;

/// <summary>What is to be run, and where the results go.</summary>
internal sealed record Plan(string Directory)
{
    public const string Usage = "usage: DnsGate.Prove DIRECTORY [trials=20] [parallel=5] [seed=1] [only=KEY,KEY]";

    public int Trials { get; private init; } = 20;

    public int Parallel { get; private init; } = 5;

    public int Seed { get; private init; } = 1;

    public IReadOnlyList<Variant> Variants { get; private init; } = Variant.All;

    public string RowsFile => Path.Combine(Directory, "proof.csv");

    public string TableFile => Path.Combine(Directory, "proof.md");

    public string PictureFile => Path.Combine(Directory, "proof.svg");

    /// <summary>Reads the command line; null when it cannot be understood.</summary>
    public static Plan? Read(string[] arguments)
    {
        if (arguments is not [string directory, .. string[] settings])
        {
            return null;
        }

        Plan? plan = new(directory);
        foreach (var setting in settings.Select(setting => setting.Split('=', 2)))
        {
            plan = plan?.With(setting[0], setting[^1]);
        }

        return plan;
    }

    private Plan? With(string name, string value) =>
        (name, int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number), number) switch
        {
            ("trials", true, > 0) => this with { Trials = number },
            ("parallel", true, > 0) => this with { Parallel = number },
            ("seed", true, _) => this with { Seed = number },
            ("only", _, _) when value.Split(',').All(key => Variant.All.Any(variant => variant.Key == key)) =>
                this with { Variants = [.. Variant.All.Where(variant => value.Split(',').Contains(variant.Key))] },
            _ => null,
        };
}
