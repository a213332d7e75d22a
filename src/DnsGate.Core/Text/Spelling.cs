namespace DnsGate.Core.Text;

/// <summary>Finds the word that a mistyped one was meant to be.</summary>
internal static class Spelling
{
    // More differences than this are another word; a short word allows fewer.
    private const int MaxDistance = 2;

    /// <summary>The closest of the known words; null when none is close.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">The words that exist.</param>
    public static string? Closest(string word, IEnumerable<string> known) =>
        known.Select(candidate => (Candidate: candidate, Distance: Distance(word, candidate)))
            .Where(pair => pair.Distance <= Math.Min(MaxDistance, pair.Candidate.TrimStart('-').Length / 2))
            .OrderBy(pair => pair.Distance)
            .FirstOrDefault().Candidate;

    /// <summary>How many letters must be inserted, removed, replaced or swapped with their neighbour.</summary>
    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > MaxDistance)
        {
            return int.MaxValue;
        }

        var distance = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                var best = Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1;
                best = Math.Min(best, distance[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                var swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                distance[i, j] = swapped ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
            }
        }

        return distance[from.Length, to.Length];
    }
}
