using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Gate;

/// <summary>Whether a state file counts for the gate that reads it.</summary>
public sealed class OpeningTests
{
    private const string Options = "4f1c09d2a7be3388";
    private const string Whole =
        "dnsgate-open 1\nname=zk-0.zk-headless.prod.svc.cluster.local\naddresses=10.244.1.7 fd00:244::7\noptions=4f1c09d2a7be3388\n"
        + "opened=2026-11-28T09:30:00Z\nversion=0.2.0\n";

    private static readonly DateTimeOffset OpenedAt = new(2026, 11, 28, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void The_text_of_an_opening()
    {
        Assert.Equal(
            Whole, Opening.Create(IdentityOf("10.244.1.7 fd00:244::7"), Options, OpenedAt + TimeSpan.FromSeconds(0.9), "0.2.0").Render());
        Assert.Equal(Whole,
            Opening.Create(IdentityOf("10.244.1.7 fd00:244::7"), Options, OpenedAt.ToOffset(TimeSpan.FromHours(2)), "0.2.0").Render());
    }

    /// <summary>Each row changes one thing in a whole file; the problem is null where the file still counts.</summary>
    [Theory]
    [InlineData("the same", "", "", null)]
    [InlineData("another version of the program", "0.2.0", "0.3.0", null)]
    [InlineData("opened in this second", "09:30:00", "10:00:00", null)]
    [InlineData("opened in the future", "09:30:00", "10:00:01", "in the future")]
    [InlineData("opened in the next year", "2026-", "2027-", "in the future")]
    [InlineData("another name", "zk-0", "zk-1", "it is about zk-1.zk-headless.prod.svc.cluster.local (10.244.1.7 fd00:244::7)")]
    [InlineData("the name in capitals", "zk-0", "ZK-0", "it is about")]
    [InlineData("another address", "10.244.1.7", "10.244.2.9",
        "it is about zk-0.zk-headless.prod.svc.cluster.local (10.244.2.9 fd00:244::7)")]
    [InlineData("an address less", " fd00:244::7", "", "it is about")]
    [InlineData("an address more", "10.244.1.7 ", "10.244.1.7 10.244.1.8 ", "it is about")]
    [InlineData("other options", "4f1c", "4f1d", "other options")]
    [InlineData("the form of a later version", "dnsgate-open 1", "dnsgate-open 2", "another version of dnsgate")]
    [InlineData("the form of a version with more digits", "dnsgate-open 1", "dnsgate-open 10", "another version of dnsgate")]
    [InlineData("no form", "dnsgate-open 1\n", "", "not a state file")]
    [InlineData("no name", "name=zk-0.zk-headless.prod.svc.cluster.local\n", "", "not a state file")]
    [InlineData("no version", "version=0.2.0\n", "", "not a state file")]
    [InlineData("another key", "opened=", "closed=", "not a state file")]
    [InlineData("a day that does not exist", "11-28", "11-31", "not a state file")]
    [InlineData("a time that is not UTC", "09:30:00Z", "09:30:00+02:00", "not a state file")]
    [InlineData("a line more", "version=0.2.0\n", "version=0.2.0\nmore=1\n", "not a state file")]
    [InlineData("text behind it", "version=0.2.0\n", "version=0.2.0\n#", "not a state file")]
    [InlineData("a second file behind it", "version=0.2.0\n", "version=0.2.0\n" + Whole, "not a state file")]
    [InlineData("line ends of Windows", "\n", "\r\n", "another version of dnsgate")]
    [InlineData("nothing but zeros", Whole, "\0\0\0\0", "not a state file")]
    [InlineData("another kind of file", Whole, "nameserver 10.96.0.10\n", "not a state file")]
    [InlineData("an escape sequence in the name", "zk-0", "\u001b[2J", @"it is about \027[2J")]
    public void A_file_counts_for_the_same_name_addresses_and_options(string sentence, string old, string replacement, string? problem)
    {
        var counts = Now.IsResumedFrom(
            old.Length == 0 ? Whole : Whole.Replace(old, replacement, StringComparison.Ordinal), out var openedAt, out var found);
        Assert.Equal((sentence, problem is null), (sentence, counts));
        Assert.Contains(problem ?? "", found ?? "", StringComparison.Ordinal);
        Assert.Equal(counts, openedAt > DateTimeOffset.MinValue);
    }

    [Fact]
    public void The_order_of_the_addresses_does_not_matter() =>
        Assert.True(Opening.Create(IdentityOf("fd00:244::7 10.244.1.7"), Options, OpenedAt, "0.2.0").IsResumedFrom(Whole, out _, out _));

    [Fact]
    public void No_beginning_of_a_file_counts() =>
        Assert.All(
            Enumerable.Range(0, Whole.Length), length => Assert.False(Now.IsResumedFrom(Whole[..length], out _, out _), Whole[..length]));

    [Fact]
    public void No_file_with_one_other_character_counts_but_for_its_time_and_version()
    {
        var free = Whole.IndexOf("2026", StringComparison.Ordinal);
        for (var index = 0; index < free; index++)
        {
            Assert.False(Now.IsResumedFrom($"{Whole[..index]}#{Whole[(index + 1)..]}", out _, out _), $"{index}");
        }
    }

    [Fact]
    public void The_longest_file_fits()
    {
        var longest = DnsName.FromWire(
            [.. Enumerable.Repeat<byte[]>([61, .. Enumerable.Repeat((byte)27, 61)], 4).SelectMany(label => label), 4, 27, 27, 27, 27, 0]);
        var addresses = Enumerable.Range(0, 16).Select(_ => IPAddress.Parse("fd00:1111:2222:3333:4444:5555:6666:7777"));
        var text = Opening.Create(new Identity(longest, "--name", [.. addresses], "--ip"), Options, OpenedAt, "0.2.0").Render();
        Assert.InRange(text.Length, 1000, Opening.MaxBytes);
    }

    private static Opening Now =>
        Opening.Create(IdentityOf("10.244.1.7 fd00:244::7"), Options, new DateTimeOffset(2026, 11, 28, 10, 0, 0, TimeSpan.Zero), "0.2.0");

    private static Identity IdentityOf(string addresses) => new(Fixtures.Name, "--name", Fixtures.Ips(addresses), "--ip");
}
