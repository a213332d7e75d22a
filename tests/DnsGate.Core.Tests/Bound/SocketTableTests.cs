using System.Text;
using DnsGate.Core.Bound;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Bound;

/// <summary>The kernel's tables: what is read of them, and that no text throws or is taken for what it is not.</summary>
public sealed class SocketTableTests
{
    private const string Header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private const string Rest = "00000000:00000000 00:00000000 00000000     0        0";

    [Theory]
    [InlineData("IPv4", Sockets.Tcp, 3888, "10.244.1.7=2871268")]
    [InlineData("the wildcard of IPv4", Sockets.Tcp, 2181, "0.0.0.0=2871269")]
    [InlineData("loopback", Sockets.Tcp, 8080, "127.0.0.1=2871270")]
    [InlineData("connections to a port are no listeners", Sockets.Tcp, 0xD0EA, "")]
    [InlineData("IPv6, loopback, and IPv4 in IPv6 clothes, which is IPv4",
        Sockets.Tcp6, 3888, "fd00:10:244:1::7=2871272 ::1=2871274 10.244.2.9=2871271")]
    [InlineData("the wildcard of IPv6", Sockets.Tcp6, 9553, "::=2871273")]
    [InlineData("a port that nobody has", Sockets.Tcp6, 1, "")]
    public void What_the_kernel_printed_is_read(string sentence, string table, int port, string listeners)
    {
        var read = Sockets.Read(table, port);
        Assert.Equal((sentence, true, listeners), (sentence, read.IsTable, Sockets.Show(read.Listeners)));
    }

    [Theory]
    [InlineData("the first address and the lowest port", "0100000A:0001", 1, "10.0.0.1=1")]
    [InlineData("the highest", "FFFFFFFF:FFFF", 65535, "255.255.255.255=1")]
    [InlineData("small digits are digits too", "0a0b0c0d:ffff", 65535, "13.12.11.10=1")]
    [InlineData("the wildcard in IPv6 clothes takes IPv4 alone", "0000000000000000FFFF000000000000:0F30", 3888, "0.0.0.0=1")]
    [InlineData("a digit too few", "100000A:0F30", 3888, "")]
    [InlineData("a digit too many", "00100000A:0F30", 3888, "")]
    [InlineData("a short port", "0100000A:F30", 3888, "")]
    [InlineData("a long port", "0100000A:00F30", 3888, "")]
    [InlineData("no port", "0100000A", 3888, "")]
    [InlineData("an empty port", "0100000A:", 3888, "")]
    [InlineData("no address", ":0F30", 3888, "")]
    [InlineData("a sign", "+100000A:0F30", 3888, "")]
    [InlineData("no digit", "0100000G:0F30", 3888, "")]
    public void The_local_address(string sentence, string address, int port, string listeners) =>
        Assert.Equal(
            (sentence, listeners),
            (sentence, Sockets.Show(Sockets.Read($"{Header}   0: {address} 00000000:0000 0A {Rest} 1 1 x\n", port).Listeners)));

    [Theory]
    [InlineData("listens", "0A", "1", "10.0.0.1=1")]
    [InlineData("small digits", "0a", "1", "10.0.0.1=1")]
    [InlineData("is established", "01", "1", "")]
    [InlineData("a short state", "A", "1", "")]
    [InlineData("a long state", "00A", "1", "")]
    [InlineData("the largest inode", "0A", "18446744073709551615", "10.0.0.1=18446744073709551615")]
    [InlineData("an inode that is too large", "0A", "18446744073709551616", "")]
    [InlineData("an inode below zero", "0A", "-1", "")]
    [InlineData("an inode that goes on", "0A", "1x", "")]
    [InlineData("no inode", "0A", "", "")]
    public void The_state_and_the_inode(string sentence, string state, string inode, string listeners) =>
        Assert.Equal(
            (sentence, listeners),
            (sentence, Sockets.Show(Sockets.Read($"{Header}   0: 0100000A:0F30 00000000:0000 {state} {Rest} {inode}\n").Listeners)));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("   0: 0100000A:0F30 00000000:0000 0A 0:0 0:0 0 0 0 1 1 x\n")]
    [InlineData("  sl  local_address rem_address   st")]
    public void A_text_without_the_names_of_the_columns_is_no_table(string text)
    {
        var read = Sockets.Read(text);
        Assert.False(read.IsTable);
        Assert.Empty(read.Listeners);
    }

    /// <summary>Half an inode is another one: a line without its end is none.</summary>
    [Theory]
    [InlineData(Sockets.Tcp)]
    [InlineData(Sockets.Tcp6)]
    public void A_table_cut_off_anywhere_gives_no_listener_that_is_not_in_it(string table)
    {
        var whole = Sockets.Read(table).Listeners;
        for (var length = 0; length <= table.Length; length++)
        {
            Assert.All(Sockets.Read(table[..length]).Listeners, listener => Assert.Contains(listener, whole));
        }
    }

    [Theory]
    [InlineData(Sockets.Tcp)]
    [InlineData(Sockets.Tcp6)]
    public void A_table_is_read_the_same_in_pieces_of_any_size(string table)
    {
        var bytes = Encoding.Latin1.GetBytes(table);
        var whole = Sockets.Show(Sockets.Read(bytes).Listeners);
        for (var size = 1; size < 400; size++)
        {
            var read = new SocketTable(Sockets.Port);
            foreach (var piece in bytes.Chunk(size))
            {
                read.Read(piece);
            }

            Assert.Equal((size, true, whole), (size, read.IsTable, Sockets.Show(read.Listeners)));
        }
    }

    /// <summary>Every byte becomes each of some others: nothing throws, and never more listeners than lines.</summary>
    [Theory]
    [InlineData(Sockets.Tcp)]
    [InlineData(Sockets.Tcp6)]
    public void A_flipped_byte_never_throws(string table)
    {
        var bytes = Encoding.Latin1.GetBytes(table);
        for (var index = 0; index < bytes.Length; index++)
        {
            var kept = bytes[index];
            foreach (var other in (byte[])[0, (byte)' ', (byte)'\n', (byte)':', (byte)'F', 0x7F, 0xFF, (byte)(kept ^ 1)])
            {
                bytes[index] = other;
                Assert.InRange(Sockets.Read(bytes).Listeners.Length, 0, 4);
            }

            bytes[index] = kept;
        }
    }

    [Fact]
    public void Any_bytes_are_read()
    {
        var bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(bytes.ToArbitrary(), text => Sockets.Read([.. Encoding.Latin1.GetBytes(Header), .. text]).IsTable));
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        Gen<(byte[] Octets, int Port, uint Inode)> sockets =
            from octets in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(4)
            from port in Gen.Choose(1, 65535)
            from inode in Gen.Choose(1, int.MaxValue)
            select (octets, port, (uint)inode);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sockets.ToArbitrary(), socket =>
        {
            var line = $"   0: {Convert.ToHexString([.. socket.Octets.Reverse()])}:{socket.Port:X4} 00000000:0000 0A "
                + $"{Rest} {socket.Inode} 1 x\n";
            return Sockets.Show(Sockets.Read(Header + line, socket.Port).Listeners) == $"{string.Join('.', socket.Octets)}={socket.Inode}";
        }));
    }

    [Fact]
    public void A_line_that_is_too_long_is_dropped_and_the_next_one_is_read()
    {
        var line = $"   0: 0100000A:0F30 00000000:0000 0A {Rest} 1 1 x";
        Assert.Equal("10.0.0.1=1", Sockets.Show(Sockets.Read($"{Header}{line.PadRight(SocketTable.MaxLineLength)}\n").Listeners));
        Assert.Equal(
            "10.0.0.1=1", Sockets.Show(Sockets.Read($"{Header}{line.PadRight(SocketTable.MaxLineLength + 1)}\n{line}\n").Listeners));
    }

    [Fact]
    public void A_table_of_a_hundred_thousand_listeners_keeps_a_bounded_number()
    {
        var table = new SocketTable(Sockets.Port);
        table.Read(Encoding.Latin1.GetBytes(Header));
        var line = Encoding.Latin1.GetBytes($"   0: 0100000A:0F30 00000000:0000 0A {Rest} 1 1 x\n");
        for (var count = 0; count < 100_000; count++)
        {
            table.Read(line);
        }

        Assert.Equal(SocketTable.MaxListeners, table.Listeners.Length);
    }
}
