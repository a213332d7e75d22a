using DnsGate.Core.Dns;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>From the gate's questions to what a simulated server is asked, and back.</summary>
internal static class SimulationRunner
{
    /// <summary>The outcome of a question, message for message: what the server writes is what the product reads.</summary>
    public static Outcome Outcome(Question question, Func<ReceivedQuery, DnsMessage?> server) => Outcome(question.ToQuery(0), server);

    /// <summary>The same for a query as it is sent.</summary>
    public static Outcome Outcome(Query query, Func<ReceivedQuery, DnsMessage?> server)
    {
        var received = ReceivedQuery.Create(
            query.Name.ToString(), (RrType)query.Type, query.CheckingDisabled, query.DnssecOk, query.RecursionDesired);
        if (server(received) is not { } message)
        {
            return new Outcome.Unreachable("connection refused");
        }

        var bytes = message.Encode(received);
        Assert.True(ReplyReader.IsReplyTo(bytes, query));
        return Assert.IsType<Outcome.Responded>(ReplyReader.Read(bytes, query));
    }
}
