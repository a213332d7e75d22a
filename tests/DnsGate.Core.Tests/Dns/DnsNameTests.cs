using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class DnsNameTests
{
    private static readonly string Label63 = new('a', 63);

    /// <summary>Three labels of 63 and one as long as the whole is to be: 3 × 64 + 1 + n + 1 octets.</summary>
    private static string NameOfOctets(int octets) => $"{Label63}.{Label63}.{Label63}.{new string('b', octets - 194)}";

    [Theory]
    [InlineData("example", "example")]
    [InlineData("example.", "example")]
    [InlineData(".", ".")]
    [InlineData("_http._tcp.A.example", "_http._tcp.A.example")]
    [InlineData(@"a\.b.c", @"a\.b.c")]
    [InlineData(@"a\046b.c", @"a\.b.c")]
    [InlineData(@"a\\b", @"a\\b")]
    [InlineData(@"a\032b", @"a\032b")]
    [InlineData(@"\000\255", @"\000\255")]
    [InlineData(@"\097\x", "ax")]
    [InlineData("a\"b;c@d$e(f)g", @"a\""b\;c\@d\$e\(f\)g")]
    [InlineData(@"a\..", @"a\.")]
    [InlineData("*.example", "*.example")]
    public void A_name_is_read_and_written_in_presentation_format(string text, string written) =>
        Assert.Equal(written, Messages.ToName(text).ToString());

    [Theory]
    [InlineData("", "the name is empty")]
    [InlineData("..", "label 1 is empty")]
    [InlineData(".a", "label 1 is empty")]
    [InlineData("a..b", "label 2 is empty")]
    [InlineData("a..", "label 2 is empty")]
    [InlineData("a.b c", "label 2: character U+0020 has to be written as \\DDD, or the name in its ASCII form")]
    [InlineData("bücher.example", "label 1: character U+00FC has to be written as \\DDD, or the name in its ASCII form")]
    [InlineData("a\n", "label 1: character U+000A has to be written as \\DDD, or the name in its ASCII form")]
    [InlineData(@"a\", "label 1: nothing that prints follows \\")]
    [InlineData("a\\ ", "label 1: nothing that prints follows \\")]
    [InlineData(@"a.\256", "label 2: \\ and a digit begin \\DDD: three digits, at most 255")]
    [InlineData(@"a.\1", "label 2: \\ and a digit begin \\DDD: three digits, at most 255")]
    [InlineData(@"a.\12.", "label 2: \\ and a digit begin \\DDD: three digits, at most 255")]
    public void What_is_wrong_with_a_name_is_said_in_words(string text, string expected)
    {
        Assert.False(DnsName.TryParse(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void A_label_has_63_octets_and_not_64()
    {
        Assert.Equal(65, Messages.ToName(Label63).Wire.Length);
        Assert.False(DnsName.TryParse($"x.{Label63}a", out _, out var problem));
        Assert.Equal("label 2 is longer than 63 octets", problem);
    }

    [Theory]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(255)]
    public void A_name_has_255_octets(int octets)
    {
        var name = Messages.ToName(NameOfOctets(octets));
        Assert.Equal(octets, name.Wire.Length);
        Assert.Equal(name, DnsName.FromWire(name.Wire));
        Assert.Equal(name, Messages.ToName(name + "."));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    public void A_name_has_not_more_than_255_octets(int octets)
    {
        Assert.False(DnsName.TryParse(NameOfOctets(octets), out _, out var problem));
        Assert.Equal("the name is longer than 255 octets", problem);
    }

    [Fact]
    public void A_name_has_127_labels_and_not_128()
    {
        var text = string.Join('.', Enumerable.Repeat("a", 127));
        Assert.Equal(127, Messages.ToName(text).LabelCount);
        Assert.Equal(255, Messages.ToName(text).Wire.Length);
        Assert.False(DnsName.TryParse(text + ".a", out _, out var problem));
        Assert.Equal("the name is longer than 255 octets", problem);
        Assert.Equal(0, Messages.ToName(text).CompareTo(Messages.ToName(text)));
    }

    [Fact]
    public void Escapes_count_as_one_octet_of_the_label()
    {
        var text = string.Concat(Enumerable.Repeat(@"\200", 63));
        Assert.Equal(65, Messages.ToName(text).Wire.Length);
        Assert.Equal(text, Messages.ToName(text).ToString());
        Assert.False(DnsName.TryParse(text + "a", out _, out _));
    }

    [Theory]
    [InlineData("example", "EXAMPLE", true)]
    [InlineData("a.example", "A.eXample.", true)]
    [InlineData("a.example", "b.example", false)]
    [InlineData("a.example", "a.example.a", false)]
    [InlineData("ab.c", "a.bc", false)]
    [InlineData(@"\224", @"\192", false)]
    [InlineData("a[", "a{", false)]
    [InlineData("a@", "a`", false)]
    public void Names_are_equal_when_only_the_case_of_ascii_letters_differs(string left, string right, bool areEqual)
    {
        var one = Messages.ToName(left);
        var other = Messages.ToName(right);
        Assert.Equal(areEqual, one.Equals(other));
        Assert.Equal(areEqual, one.Equals((object)other));
        Assert.Equal(areEqual, one == other);
        Assert.Equal(!areEqual, one != other);
        Assert.Equal(areEqual, one.CompareTo(other) == 0);
        Assert.Equal(areEqual, one.GetHashCode() == other.GetHashCode());
    }

    [Fact]
    public void Nothing_equals_null()
    {
        DnsName? nothing = null;
        Assert.False(DnsName.Root == nothing);
        Assert.True(nothing == null);
        Assert.True(nothing < DnsName.Root);
        Assert.True(DnsName.Root >= nothing);
    }

    [Fact]
    public void Names_sort_in_the_canonical_order_of_RFC_4034_section_6_1()
    {
        string[] ordered =
        [
            ".", "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", @"\001.z.example",
            "*.z.example", @"\200.z.example",
        ];
        DnsName[] names = [.. ordered.Reverse().Select(Messages.ToName)];
        Array.Sort(names);
        Assert.Equal(ordered, names.Select(name => name.ToString()));
        Assert.True(names[1] > names[0] && names[0] < names[1] && names[0] <= names[1]);
    }

    [Theory]
    [InlineData("10.244.1.7", "7.1.244.10.in-addr.arpa")]
    [InlineData("0.0.0.0", "0.0.0.0.in-addr.arpa")]
    [InlineData("255.100.99.1", "1.99.100.255.in-addr.arpa")]
    [InlineData("4321:0:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa")]
    [InlineData("fe80::1%3", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa")]
    public void The_reverse_name_of_an_address_is_that_of_RFC_1035_and_3596(string address, string expected)
    {
        Assert.Equal(expected, DnsName.ReverseOf(IPAddress.Parse(address)).ToString());
        Assert.Equal(Messages.ToName(expected), DnsName.ReverseOf(IPAddress.Parse(address)));
    }

    [Fact]
    public void The_root_has_no_labels_and_no_parent()
    {
        var root = Messages.ToName(".");
        Assert.True(root.IsRoot);
        Assert.Equal(0, root.LabelCount);
        Assert.Equal(new byte[] { 0 }, root.Wire.ToArray());
        Assert.Null(root.Parent());
        Assert.Equal(DnsName.Root, Messages.ToName("example").Parent());
        Assert.Equal("b.c", Messages.ToName("a.b.c").Parent()!.ToString());
    }

    [Theory]
    [InlineData("a.example", "EXAMPLE", true)]
    [InlineData("example", "example", true)]
    [InlineData("example", ".", true)]
    [InlineData("example", "a.example", false)]
    [InlineData("aexample", "example", false)]
    [InlineData(@"a\.example", "example", false)]
    public void A_subdomain_is_told_by_whole_labels(string name, string domain, bool expected) =>
        Assert.Equal(expected, Messages.ToName(name).IsSubdomainOf(Messages.ToName(domain)));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 97 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 1, 97, 0, 0 })]
    [InlineData(new byte[] { 2, 97, 0 })]
    [InlineData(new byte[] { 64, 97, 0 })]
    [InlineData(new byte[] { 0xC0, 0 })]
    public void Only_one_whole_uncompressed_name_is_taken_from_the_wire(byte[] octets) =>
        Assert.Throws<ArgumentException>(() => DnsName.FromWire(octets));
}
