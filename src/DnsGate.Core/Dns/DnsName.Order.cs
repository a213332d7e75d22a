namespace DnsGate.Core.Dns;

/// <content>The canonical order, in which output is sorted.</content>
internal sealed partial class DnsName
{
    /// <summary>The most labels that fit into a name, the root's not counted: 127 labels of one octet.</summary>
    private const int MaxLabels = (MaxWireLength - 1) / 2;

    /// <summary>
    /// The canonical order of names (RFC 4034 §6.1): label by label from the root, in lower case, as unsigned octets. A zone comes before
    /// the names in it, so that sorted output keeps families of names together. Zero exactly when the names are equal.
    /// </summary>
    /// <param name="other">The other name; null comes first.</param>
    public int CompareTo(DnsName? other)
    {
        if (other is null)
        {
            return 1;
        }

        Span<byte> mine = stackalloc byte[MaxLabels];
        Span<byte> theirs = stackalloc byte[MaxLabels];
        var myLabels = FindLabels(mine);
        var theirLabels = other.FindLabels(theirs);
        var shared = Math.Min(myLabels, theirLabels);
        for (var i = 1; i <= shared; i++)
        {
            var order = CompareLabels(LabelAt(mine[myLabels - i]), other.LabelAt(theirs[theirLabels - i]));
            if (order != 0)
            {
                return order;
            }
        }

        return myLabels.CompareTo(theirLabels);
    }

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> in canonical order.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other; null comes first.</param>
    public static bool operator <(DnsName? left, DnsName? right) => Compare(left, right) < 0;

    /// <summary>Whether <paramref name="left"/> comes before or equals <paramref name="right"/> in canonical order.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other; null comes first.</param>
    public static bool operator <=(DnsName? left, DnsName? right) => Compare(left, right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> in canonical order.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other; null comes first.</param>
    public static bool operator >(DnsName? left, DnsName? right) => Compare(left, right) > 0;

    /// <summary>Whether <paramref name="left"/> comes after or equals <paramref name="right"/> in canonical order.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other; null comes first.</param>
    public static bool operator >=(DnsName? left, DnsName? right) => Compare(left, right) >= 0;

    private static int Compare(DnsName? left, DnsName? right) => left is null ? (right is null ? 0 : -1) : left.CompareTo(right);

    private static int CompareLabels(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            var order = ToLower(left[i]) - ToLower(right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length - right.Length;
    }

    private int FindLabels(Span<byte> starts)
    {
        var count = 0;
        for (var at = 0; wire[at] != 0; at += 1 + wire[at])
        {
            starts[count++] = (byte)at;
        }

        return count;
    }
}
