using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DnsGate.Core.Text;

namespace DnsGate.Core.Model;

/// <summary>
/// What <c>serve</c> remembers of the opening of its gate, in the state file (<c>--state</c>): it counts for exactly the same name,
/// addresses and options. The program's version is for people: a program that changes the form changes its number.
/// <code>
/// dnsgate-open 1
/// name=zk-0.zk-headless.prod.svc.cluster.local
/// addresses=10.244.1.7 fd00::7
/// options=4f1c09d2a7be3388
/// opened=2026-11-28T09:30:00Z
/// version=0.2.0
/// </code>
/// </summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Addresses">The pod's addresses, sorted and separated by blanks.</param>
/// <param name="Options">Stands for the options that decide.</param>
/// <param name="Time">When the gate opened.</param>
/// <param name="Version">The version of the program.</param>
internal sealed record Opening(string Name, string Addresses, string Options, DateTimeOffset Time, string Version)
{
    /// <summary>The largest size of the file in bytes: a pod's name has at most 255 octets, its addresses are few.</summary>
    public const int MaxBytes = 4096;

    private const string Form = "dnsgate-open ";
    private const string Header = Form + "1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Keys = ["name=", "addresses=", "options=", "opened=", "version="];

    /// <summary>The opening of a gate at a time.</summary>
    public static Opening Create(Identity identity, string options, DateTimeOffset time, string version) => new(
        identity.Name.ToString(),
        string.Join(' ', identity.Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal)),
        options,
        time,
        version);

    /// <summary>The text of the file.</summary>
    public string Render()
    {
        string[] values = [Name, Addresses, Options, Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture), Version];
        return $"{Header}\n{string.Concat(Keys.Zip(values, (key, value) => $"{key}{value}\n"))}";
    }

    /// <summary>
    /// Whether a file counts for a gate that would open now, as this says.
    /// <list type="table">
    /// <item><term>not a whole file of this form</term><description>no</description></item>
    /// <item><term>another name, address or option, or one more or less</term><description>no</description></item>
    /// <item><term>opened later than now</term><description>no: the clock cannot be trusted, then or now</description></item>
    /// <item><term>otherwise, whatever the program's version</term><description>yes</description></item>
    /// </list>
    /// </summary>
    /// <param name="text">What is in the file.</param>
    /// <param name="openedAt">When the gate opened, if the file counts.</param>
    /// <param name="problem">Why it does not count, for people.</param>
    public bool IsResumedFrom(string text, out DateTimeOffset openedAt, [NotNullWhen(false)] out string? problem)
    {
        openedAt = default;
        var lines = text.Split('\n');
        if (lines[0] != Header && lines[0].StartsWith(Form, StringComparison.Ordinal))
        {
            problem = "another version of dnsgate wrote it";
        }
        else if (Parse(lines) is not { } found)
        {
            problem = "it is empty, damaged, or not a state file of dnsgate";
        }
        else if ((found.Name, found.Addresses) != (Name, Addresses))
        {
            problem = $"it is about {Printable.Escape(found.Name)} ({Printable.Escape(found.Addresses)})";
        }
        else if (found.Options != Options)
        {
            problem = "it was written with other options";
        }
        else if (found.Time > Time)
        {
            problem = $"its time, {found.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}, is in the future";
        }
        else
        {
            (openedAt, problem) = (found.Time, null);
            return true;
        }

        return false;
    }

    /// <summary>The last line ends too: a file that was cut off has not all the lines, or not the last end.</summary>
    private static Opening? Parse(string[] lines)
    {
        if (lines.Length != Keys.Length + 2 || lines[0] != Header || lines[^1].Length > 0
            || !Keys.Index().All(key => lines[key.Index + 1].StartsWith(key.Item, StringComparison.Ordinal)))
        {
            return null;
        }

        string[] values = [.. Keys.Select((key, index) => lines[index + 1][key.Length..])];
        return DateTimeOffset.TryParseExact(
            values[3], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new Opening(values[0], values[1], values[2], time, values[4])
            : null;
    }
}
