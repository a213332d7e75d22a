using System.Text.Json.Nodes;
using DnsGate.Core.Options;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>A command line of DnsGate in a manifest.</summary>
/// <param name="Container">Where it runs.</param>
/// <param name="Program">The path of the executable.</param>
/// <param name="Verb">Its verb.</param>
/// <param name="Arguments">What follows the verb, up to <c>--</c>.</param>
/// <param name="Probe">The probe that it is; null where it is the container's own command.</param>
internal sealed record Invocation(Container Container, string Program, string Verb, IReadOnlyList<string> Arguments, JsonNode? Probe)
{
    /// <summary>Time for all of it where nothing is said (README, --timeout).</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    public static Invocation? Parse(Container container, IReadOnlyList<string> words, JsonNode? probe) =>
        words.Count > 0 && words[0].Split('/')[^1] == "dnsgate"
            ? new Invocation(
                container, words[0], words.ElementAtOrDefault(1) ?? "", [.. words.Skip(2).TakeWhile(word => word != "--")], probe)
            : null;

    /// <summary>The namespace that the pods are given here.</summary>
    public const string Namespace = "example";

    /// <summary>The variables that have their value in the manifest itself, with $(NAME) expanded as the kubelet does it.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            Dictionary<string, string> variables = [];
            var hasNamespace = false;
            foreach (var item in Container.Node.Items("env"))
            {
                // Only what was defined before is expanded.
                hasNamespace |= item.Text("name") == "POD_NAMESPACE"
                    && item.Text("valueFrom", "fieldRef", "fieldPath") == "metadata.namespace";
                if (item.Text("value") is { } value)
                {
                    variables[item.Text("name")!] = hasNamespace
                        ? value.Replace("$(POD_NAMESPACE)", Namespace, StringComparison.Ordinal)
                        : value;
                }
            }

            return variables;
        }
    }

    /// <summary>What the program makes of flags and variables.</summary>
    public OptionReader Reader => new(Flags(), name => Environment.GetValueOrDefault(name));

    private Dictionary<OptionDefinition, IReadOnlyList<string>> Flags()
    {
        Dictionary<OptionDefinition, List<string>> flags = [];
        for (var at = 0; at < Arguments.Count; at++)
        {
            var parts = Arguments[at].Split('=', 2);
            var setting = (VerbTable.All.FirstOrDefault(verb => verb.Name == Verb)?.Accepted ?? OptionTable.All)
                .FirstOrDefault(item => item.Flag == parts[0] || item.ShortFlag == parts[0]);
            var value = parts.Length > 1 ? parts[1] : setting is null ? null : Arguments.ElementAtOrDefault(++at);
            // One that the program does not know is left to the program itself.
            if (setting is null || value is null)
            {
                continue;
            }

            if (!flags.TryGetValue(setting, out var values))
            {
                flags[setting] = values = [];
            }

            values.Add(value);
        }

        return flags.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value);
    }

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Container}: {Program} {Verb} {string.Join(' ', Arguments)}";
}
