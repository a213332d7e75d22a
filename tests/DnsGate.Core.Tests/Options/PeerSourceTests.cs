using DnsGate.Core.Options;

namespace DnsGate.Core.Tests.Options;

public sealed class PeerSourceTests
{
    [Theory]
    [InlineData("zk-1.zk", "zk-1.zk")]
    [InlineData("ZK-1.zk.prod.svc.cluster.local.", "ZK-1.zk.prod.svc.cluster.local.")]
    [InlineData("replicas:5", "replicas:5")]
    [InlineData("replicas:5@0", "replicas:5")]
    [InlineData("replicas:3@1", "replicas:3@1")]
    [InlineData("zoo.cfg:/conf/zoo.cfg", "zoo.cfg:/conf/zoo.cfg")]
    [InlineData("env:ZOO_SERVERS", "env:ZOO_SERVERS")]
    public void A_SPEC_is_read_and_written_again(string text, string written)
    {
        Assert.True(PeerSource.TryParse(text, out var source, out var problem), problem);
        Assert.Equal(written, source.ToString());
    }

    [Theory]
    [InlineData("replicas:", "replicas:N[@FIRST]")]
    [InlineData("replicas:0", "from 1 to 1000")]
    [InlineData("replicas:1001", "from 1 to 1000")]
    [InlineData("replicas:-3", "replicas:N[@FIRST]")]
    [InlineData("replicas:3@", "replicas:N[@FIRST]")]
    [InlineData("replicas:3@x", "replicas:N[@FIRST]")]
    [InlineData("replicas:3@1@2", "replicas:N[@FIRST]")]
    [InlineData("zoo.cfg:", "zoo.cfg:FILE")]
    [InlineData("env:", "env:VARIABLE")]
    [InlineData("10.244.1.7", "is not a host name")]
    [InlineData("fd00::7", "is not a host name")]
    [InlineData("zk..prod", "is not a host name")]
    [InlineData("zk-1:2888", "is not a host name")]
    [InlineData("", "is not a host name")]
    public void Bad_text_is_refused_with_the_form_that_is_expected(string text, string expected)
    {
        Assert.False(PeerSource.TryParse(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the common form", "server.1=zk-0.zk:2888:3888", "zk-0.zk")]
    [InlineData("a role", "server.1=zk-0.zk:2888:3888:participant\nserver.2=zk-1.zk:2888:3888:observer", "zk-0.zk zk-1.zk")]
    [InlineData("a port for clients", "server.1=zk-0.zk:2888:3888;2181", "zk-0.zk")]
    [InlineData("an address for clients", "server.1=zk-0.zk:2888:3888:participant;0.0.0.0:2181", "zk-0.zk")]
    [InlineData("a key that ends in a colon", "server.1:zk-0.zk:2888:3888", "zk-0.zk")]
    [InlineData("a key that ends in a blank", "server.1 zk-0.zk:2888:3888", "zk-0.zk")]
    [InlineData("blanks around the sign", "  server.1 = \t zk-0.zk:2888:3888  ", "zk-0.zk")]
    [InlineData("upper case and a trailing dot", "server.1=ZK-0.zk.:2888:3888", "ZK-0.zk.")]
    [InlineData("an id twice: the last counts", "server.1=old:2888:3888\nserver.2=zk-1:2888:3888\nserver.1=new:2888:3888", "zk-1 new")]
    [InlineData("an id written in two ways", "server.1=old:2888:3888\nserver.01=new:2888:3888", "new")]
    [InlineData("several addresses", "server.1=a:2888:3888|b:2888:3888", "a b")]
    [InlineData("addresses need no DNS", "server.1=10.244.1.7:2888:3888\nserver.2=[fd00::7]:2888:3888\nserver.3=zk-2:2888:3888", "zk-2")]
    [InlineData("a name twice", "server.1=zk-0:2888:3888\nserver.2=ZK-0:2889:3889", "zk-0")]
    [InlineData("comments and other keys", "# server.9=x\n! server.8=y\n\ntickTime=2000\nserver.1=zk-0:2888:3888", "zk-0")]
    [InlineData("lines that are joined", "server.1=\\\n    zk-0:2888:3888", "zk-0")]
    [InlineData("escapes", "server.1=zk-0\\:2888\\:3888", "zk-0")]
    [InlineData("line ends of Windows", "server.1=a:2888:3888\r\nserver.2=b:2888:3888\r\n", "a b")]
    [InlineData("nothing", "", "")]
    public void Every_form_of_a_server_line_is_read(string what, string text, string hosts)
    {
        Assert.True(MemberList.TryReadZooConfig(text, out var read, out _, out var problem), $"{what}: {problem}");
        Assert.Equal(hosts, string.Join(' ', read));
    }

    [Fact]
    public void The_dynamic_file_is_named()
    {
        Assert.True(MemberList.TryReadZooConfig("dynamicConfigFile=/conf/zoo.cfg.dynamic.100000000\n", out _, out var file, out _));
        Assert.Equal("/conf/zoo.cfg.dynamic.100000000", file);
    }

    [Theory]
    [InlineData("server.x=zk-0:2888:3888", "line 1: 'server.x' has no number as its id")]
    [InlineData("a=b\n\nserver.1=zk-0", "line 3: 'zk-0' is not HOST:PORT:PORT")]
    [InlineData("server.1=", "line 1: '' is not HOST:PORT:PORT")]
    [InlineData("server.1=zk-0:2888:port", "line 1: 'zk-0:2888:port'")]
    [InlineData("server.1=zk-0:2888:70000", "line 1: 'zk-0:2888:70000'")]
    [InlineData("server.1=zk 0:2888:3888", "line 1: 'zk 0:2888:3888'")]
    [InlineData("server.1=[fd00::7:2888:3888", "line 1: '[fd00::7:2888:3888'")]
    [InlineData("server.1=[zk-0]:2888:3888", "line 1: '[zk-0]:2888:3888'")]
    [InlineData("server.1=${HOST}:2888:3888", "line 1: '${HOST}:2888:3888'")]
    public void A_line_that_cannot_be_read_is_named(string text, string expected)
    {
        Assert.False(MemberList.TryReadZooConfig(text, out _, out _, out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server.1=zk-0.zk:2888:3888;2181 server.2=zk-1.zk:2888:3888;2181", "zk-0.zk zk-1.zk")] // ZOO_SERVERS
    [InlineData("1@kafka-0.kafka:9093,2@kafka-1.kafka:9093", "kafka-0.kafka kafka-1.kafka")] // controller.quorum.voters
    [InlineData("kafka-0:9092,kafka-1:9092", "kafka-0 kafka-1")]
    [InlineData("zk-0.zk, zk-1.zk\n", "zk-0.zk zk-1.zk")]
    [InlineData("10.0.0.1:9092,[fd00::1]:9092,kafka-1:9092", "kafka-1")]
    [InlineData("", "")]
    public void A_list_in_a_variable_is_read(string text, string hosts)
    {
        Assert.True(MemberList.TryReadList(text, out var read, out var problem), problem);
        Assert.Equal(hosts, string.Join(' ', read));
    }

    [Theory]
    [InlineData("http://kafka-0:9092")]
    [InlineData("kafka-0:port")]
    [InlineData("1@")]
    [InlineData("a@kafka-0:9093")]
    public void An_item_that_cannot_be_read_is_named(string text)
    {
        Assert.False(MemberList.TryReadList($"kafka-9:9093,{text}", out _, out var problem));
        Assert.StartsWith($"'{text}' is not HOST[:PORT]", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_holds_is_read_or_named_and_never_throws()
    {
        var random = new Random(16);
        const string Alphabet = "server.1=zk:2888;|[]\\\n\r\t #!@dynamicConfigFile,-_\0é";
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            text = random.Next(2) == 0 ? text : $"server.{random.Next(3)}={text}";

            Assert.True(MemberList.TryReadZooConfig(text, out var hosts, out _, out var problem) || problem is not null);
            Assert.True(MemberList.TryReadList(text, out var list, out problem) || problem is not null);
            Assert.All(hosts.Concat(list), host => Assert.True(MemberList.IsHostName(host), host));
        }
    }
}
