using System.Text;
using DnsGate.Core.Report;

namespace DnsGate.Core.Bound;

/// <summary>What became of the question for ZooKeeper's Mode.</summary>
public enum ModeOutcome
{
    /// <summary>A Mode of a member that serves.</summary>
    Serves,

    /// <summary>It runs, without a Mode: it is not currently serving requests.</summary>
    NotServing,

    /// <summary>A Mode of a member that does not serve: <c>read-only</c>, or one that nobody knows.</summary>
    OtherMode,

    /// <summary>The command is not on its list of those that it carries out (4lw.commands.whitelist).</summary>
    NotAllowed,

    /// <summary>An answer that is none of ZooKeeper's.</summary>
    Unintelligible,

    /// <summary>No whole answer in time.</summary>
    Silent,

    /// <summary>The network says that nobody can be reached.</summary>
    Unreachable,
}

/// <summary>What ZooKeeper said of its Mode.</summary>
/// <param name="Outcome">What became of the question.</param>
/// <param name="Detail">The Mode, or what was said instead, safe to print.</param>
public sealed record ModeReply(ModeOutcome Outcome, string Detail)
{
    /// <summary>The command, whole: ZooKeeper takes the first four octets of a connection, and octets that it does not read could cost the reply.</summary>
    public static ReadOnlySpan<byte> Command => "srvr"u8;

    /// <summary>Octets of a reply that are read: a real one has about 250.</summary>
    public const int MaxLength = 4096;

    private const int MaxQuoted = 60;

    /// <summary>No whole answer in time.</summary>
    public static readonly ModeReply Silence = new(ModeOutcome.Silent, "");

    /// <summary>Reads a reply that has ended, or one that is longer than <see cref="MaxLength"/>. Any octets give a value.</summary>
    public static ModeReply Read(ReadOnlySpan<byte> reply)
    {
        if (reply.Length > MaxLength)
        {
            return new ModeReply(ModeOutcome.Unintelligible, $"more than {MaxLength} octets");
        }

        // Latin-1 reads any octets.
        var text = Encoding.Latin1.GetString(reply);
        foreach (var line in text.Split('\n')[..^1])
        {
            // Only lines that have ended (the last piece is dropped): the first half of "Mode: leader" says nothing.
            if (line.StartsWith("Mode: ", StringComparison.Ordinal))
            {
                var mode = line["Mode: ".Length..].Trim();
                return new ModeReply(mode is "leader" or "follower" or "observer" or "standalone" ? ModeOutcome.Serves : ModeOutcome.OtherMode, Quote(mode));
            }
        }

        return text.Contains("is not currently serving requests", StringComparison.Ordinal) ? new ModeReply(ModeOutcome.NotServing, "")
            : text.Contains("is not in the whitelist", StringComparison.Ordinal) ? new ModeReply(ModeOutcome.NotAllowed, "")
            : text.Length == 0 ? new ModeReply(ModeOutcome.Unintelligible, "nothing")
            : new ModeReply(ModeOutcome.Unintelligible, $"'{Quote(text.Split('\n')[0])}'");
    }

    private static string Quote(string text) => Printable.Of(text.Length > MaxQuoted ? text[..MaxQuoted] + "..." : text);
}
