using DnsGate.Linux;

namespace DnsGate.Tests.Bound;

/// <summary>Reading the tables from files.</summary>
public sealed class SocketTablesTests : IDisposable
{
    private const string Header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private const string Listener4 = "   0: 0701F40A:0F30 00000000:0000 0A 00000000:00000000 00:00000000 00000000     "
        + "0        0 638 1 x 100 0 0 10 0\n";
    private const string Listener6 = "   0: 0000000000000000FFFF00000701F40A:0F30 00000000000000000000000000000000:0000 0A "
        + "00000000:00000000 00:00000000 00000000     0        0 639 1 x 100 0 0 10 0\n";

    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("both", Header + Listener4, Header + Listener6, 2, null)]
    [InlineData("a kernel without IPv6", Header + Listener4, null, 1, null)]
    [InlineData("no /proc", null, null, 0, "/tcp' does not exist")]
    [InlineData("no tcp", null, Header + Listener6, 1, "/tcp' does not exist")]
    [InlineData("tcp is masked", "", Header + Listener6, 1, "/tcp' is no table of sockets")]
    [InlineData("tcp6 is masked", Header + Listener4, "", 1, "/tcp6' is no table of sockets")]
    [InlineData("a directory", Header, "/", 0, "/tcp6' cannot be read: Is a directory")]
    public void What_can_be_read_and_what_not(string sentence, string? tcp, string? tcp6, int listeners, string? problem)
    {
        Write("tcp", tcp);
        Write("tcp6", tcp6);

        var snapshot = new SocketTables(3888, directory).TakeSnapshot();

        Assert.Equal((sentence, listeners), (sentence, snapshot.Listeners.Length));
        Assert.True(
            problem is null ? snapshot.Unread is null : snapshot.Unread!.EndsWith(problem, StringComparison.Ordinal), snapshot.Unread);
    }

    [Fact]
    public void A_table_larger_than_a_mebibyte_is_read_to_its_end()
    {
        var connection = Listener4.Replace(" 0A ", " 01 ", StringComparison.Ordinal);
        Write("tcp", Header + string.Concat(Enumerable.Repeat(connection, 20_000)) + Listener4);

        Assert.Single(new SocketTables(3888, directory).TakeSnapshot().Listeners);
    }

    private void Write(string name, string? text)
    {
        if (text == "/")
        {
            Directory.CreateDirectory(Path.Combine(directory, name));
        }
        else if (text is not null)
        {
            File.WriteAllText(Path.Combine(directory, name), text);
        }
    }
}
