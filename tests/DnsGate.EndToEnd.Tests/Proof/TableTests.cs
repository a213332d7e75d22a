using DnsGate.Prove;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>The rows of the proof as a table and as lines of a file, and what counts as a target that was missed.</summary>
public sealed class TableTests
{
    [Fact]
    public void A_line_for_each_variant_in_the_order_of_the_variants()
    {
        var lines = Lines(
            Rows.Row("run", Rows.Joining(25, 26, 20)), Rows.Row("nothing", Rows.Joining(0, 12, 20, 1)),
            Rows.Row("nothing", Rows.Joining(0, 28, 20, 2), 1), Rows.Row("nothing", Rows.Joining(0, null, 20, 3), 2));

        Assert.Equal(
            [
                "| nothing | 2 of 3 | 0 of 3 | 0 of 3 | 1 of 3 | 12.0, 20.0, 28.0 | 0.0, 8.0 |",
                "| **`dnsgate run`** (wrapper) | 1 of 1 | 1 of 1 | 0 of 1 | 0 of 1 | 26.0, 26.0, 26.0 | 6.0, 6.0 |",
            ],
            lines);
    }

    [Fact]
    public void Where_nobody_joined_there_are_no_figures() =>
        Assert.Equal(["| nothing | 0 of 1 | 0 of 1 | 0 of 1 | 0 of 1 | – | – |"], Lines(Rows.Row("nothing", Rows.Joining(0, null, 20))));

    [Fact]
    public void Joined_after_the_limit_is_not_joined() =>
        Assert.StartsWith("| nothing | 0 of 1 ", Lines(Rows.Row("nothing", Rows.Joining(0, 61, 20)))[0], StringComparison.Ordinal);

    [Fact]
    public void Joined_while_a_name_server_never_turned_right_is_joined_while_it_was_wrong() =>
        Assert.Equal(
            ["| nothing | 1 of 1 | 1 of 1 | 0 of 1 | 1 of 1 | 12.0, 12.0, 12.0 | – |"],
            Lines(Rows.Row("nothing", Rows.Joining(0, 12, null))));

    [Theory]
    [InlineData(25.0, 26.0, 20.0, 0, "")]
    [InlineData(19.9, 22.0, 20.0, 0, "run: ZooKeeper ran before the last DNS server was right")]
    [InlineData(25.0, 26.0, null, 0,
        "run: ZooKeeper ran before the last DNS server was right, run: the median is NaN s after the last DNS "
        + "server was right, not under 9 s")]
    [InlineData(25.0, 26.0, 20.0, 1, "run: 0 of 1 joined at the first start")]
    [InlineData(28.0, 29.0, 20.0, 0, "run: the median is 9.0 s after the last DNS server was right, not under 9 s")]
    [InlineData(25.0, null, 20.0, 0,
        "run: 0 of 1 joined at the first start, run: the median is NaN s after the last DNS server was right, not under 9 s")]
    public void Targets(double? startedAt, double? joinedAt, double? rightAt, int restarts, string missed) =>
        Assert.Equal(missed, string.Join(", ", Table.Missed([Rows.Row("run", Rows.Joining(startedAt, joinedAt, rightAt, restarts))])));

    [Fact]
    public void Work_arounds_have_no_targets() => Assert.Empty(Table.Missed([Rows.Row("nothing", Rows.Joining(0, null, 20, 4))]));

    [Fact]
    public void A_row_has_a_field_for_each_word_of_the_head()
    {
        var row = Rows.Row("nothing", Rows.Joining(0, null, 20, 4)).ToString();

        Assert.Equal("nothing,0,1,3,1.5 20.0 5.0,20.0,0.0,,,4,0", row);
        Assert.Equal(Row.Header.Split(',').Length, row.Split(',').Length);
    }

    [Fact]
    public void The_trials_of_a_number_are_the_same_in_every_variant_and_others_for_another_number_or_seed()
    {
        double[][] stale = [.. from seed in Enumerable.Range(1, 3) from number in Enumerable.Range(0, 20)
            select Trial(Variant.All[0], number, seed)];

        Assert.Equal(stale[0], Trial(Variant.All[^1], 0, 1));
        Assert.All(stale.SelectMany(each => each), seconds => Assert.InRange(seconds, 0, 30));
        Assert.Equal(stale.Length * 3, stale.SelectMany(each => each).Distinct().Count());

        static double[] Trial(Variant variant, int number, int seed) => new Trial(variant, number, seed).Stale(3);
    }

    [Fact]
    public void The_document_has_the_head_of_this_table()
    {
        var readme = File.ReadAllText(Repository.File("docs/proof.md"));
        var proof = readme.Split("<!-- prove:begin -->")[1].Split("<!-- prove:end -->")[0].Trim();

        Assert.True(proof.Length == 0 || proof.Contains(Table.Render([]).Trim(), StringComparison.Ordinal), proof);
    }

    private static string[] Lines(params Row[] rows) => Table.Render(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];
}
