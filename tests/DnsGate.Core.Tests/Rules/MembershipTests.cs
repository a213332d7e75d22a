using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

/// <summary>Is this pod, zk-0.zk-headless.prod.svc.cluster.local, in the list of members?</summary>
public sealed class MembershipTests
{
    [Theory]
    [InlineData("it is in the list", "zk-0.zk-headless.prod.svc.cluster.local zk-1.zk-headless.prod.svc.cluster.local", null)]
    [InlineData("upper case is the same name", "ZK-0.zk-headless.prod.SVC.cluster.local", null)]
    [InlineData("another Service of the same pod", "zk-0.zk.prod.svc.cluster.local zk-1.zk.prod.svc.cluster.local",
        "zk-0.zk.prod.svc.cluster.local")]
    [InlineData("a letter is missing", "zk-00.zk-headless.prod.svc.cluster.local web.example.com",
        "zk-00.zk-headless.prod.svc.cluster.local")]
    [InlineData("nothing is near", "kafka.example.com", "")]
    [InlineData("no list", "", null)]
    public void A_list_without_this_pod_is_a_diagnosis_with_the_nearest_name(string sentence, string members, string? nearest)
    {
        var diagnosis = Membership.Judge(Fixtures.Name, [.. members.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new Peer(name, [Fixtures.NameOf(name)], Fixtures.NameOf(name).Equals(Fixtures.Name)))]);
        Assert.Equal((sentence, nearest is null), (sentence, diagnosis is null));
        if (nearest is not null)
        {
            Assert.Equal(Diagnosis.NotAMember, diagnosis!.Name);
            Assert.Equal(nearest.Length > 0, diagnosis.Meaning.EndsWith($"the nearest name in it is {nearest}", StringComparison.Ordinal)
                && diagnosis.Meaning.Contains("nearest", StringComparison.Ordinal));
        }
    }
}
