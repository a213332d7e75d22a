namespace DnsGate.TestKit;

/// <summary>A label selector: <c>key=value</c>, <c>key==value</c>, <c>key!=value</c>, <c>key</c> and <c>!key</c>, separated by commas. No sets.</summary>
internal sealed class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _requirements = [];

    /// <summary>Reads a selector; the empty one selects everything. Null when it cannot be read.</summary>
    public static LabelSelector? Parse(string text)
    {
        LabelSelector selector = new();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.IndexOfAny(['(', ')', ' ', '<', '>']) >= 0)
                return null;
            string[] sides = part.Split(["!=", "==", "="], 2, StringSplitOptions.TrimEntries);
            bool negated = part.Contains("!=", StringComparison.Ordinal);
            selector._requirements.Add(sides switch
            {
                [var key, var value] => labels => (labels.GetValueOrDefault(key) == value) != negated,
                _ when part[0] == '!' => labels => !labels.ContainsKey(part[1..]),
                _ => labels => labels.ContainsKey(part),
            });
        }
        return selector;
    }

    /// <summary>Whether it selects what has these labels.</summary>
    public bool Selects(IReadOnlyDictionary<string, string> labels) => _requirements.All(requirement => requirement(labels));
}
