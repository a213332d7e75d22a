using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Report;

/// <summary>The verdict as JSON, version 1: it may gain fields and reasons; consumers ignore what they do not know.</summary>
internal static class JsonReport
{
    private const int Version = 1;

    /// <summary>Records written of one answer: a pod has two addresses and a few names, a hostile server sends a thousand.</summary>
    private const int MaxRecords = 100;

    private static readonly JsonWriterOptions Options = new()
    {
        // Names and addresses are ASCII; '<' and '+' of a hostile PTR are still escaped by the default encoder.
        Encoder = JavaScriptEncoder.Default,
    };

    /// <summary>One JSON object on one line, without the line's end.</summary>
    public static string Render(GateSnapshot snapshot)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("state", snapshot.Status.Name());
            json.WriteString("reason", snapshot.Reason.Name());
            json.WriteString("summary", TextReport.Headline(snapshot));
            json.WriteNumber("exitCode", snapshot.ExitCode);
            if (snapshot.Time != default)
            {
                json.WriteString("time", snapshot.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            }

            json.WriteString("name", snapshot.Name?.ToString());
            WriteStrings(json, "addresses", snapshot.Addresses.Select(address => address.ToString()));
            json.WriteString("coverage", snapshot.Coverage.Name());
            json.WriteBoolean("settled", snapshot.State.IsSettled);
            json.WriteNumber("agreeingRounds", snapshot.State.AgreeingRounds);
            json.WriteBoolean("drifting", snapshot.Status == GateStatus.Drifting);
            json.WriteBoolean("resumed", snapshot.IsResumed);
            WriteArray(json, "servers", snapshot.Servers, (writer, server) => Write(writer, server, snapshot.ExpiresIn(server)));
            WriteStrings(json, "remedies", TextReport.Advice(snapshot));
            if (snapshot.Peers is { Also.IsEmpty: false } named)
            {
                WriteArray(json, "also", named.Also, Write);
            }

            if (snapshot.Peers is { Members.IsEmpty: false } peers)
            {
                Write(json, peers);
            }

            WriteArray(json, "diagnoses", snapshot.Diagnoses, Write);
            WriteArray(json, "sources", snapshot.Listing?.Sources ?? [], Write);
            WriteStrings(json, "notes", snapshot.Listing?.Notes.Select(Printable.Escape) ?? []);
            if (snapshot.DisabledBecause is { } why)
            {
                json.WriteString("disabled", Printable.Escape(why));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ServerVerdict server, int? expiresIn)
    {
        json.WriteStartObject();
        json.WriteString("server", server.Server.Address.ToString());
        json.WriteString("view", server.View.Kind.Name());
        json.WriteString("source", Printable.Escape(server.Server.Source));
        if (server.Server.Endpoint is { } endpoint)
        {
            WriteIfKnown(json, "pod", endpoint.Pod);
            WriteIfKnown(json, "node", endpoint.Node);
        }

        if (server.View.Kind == ViewKind.External)
        {
            json.WriteString("name", server.View.Name.ToString());
        }

        json.WriteBoolean("required", server.Server.Required);
        json.WriteString("standing", StandingName(server.Server.Condition));
        json.WriteBoolean("agrees", server.Agrees);
        json.WriteString("reason", server.Judgement.Reason.Name());
        if (server.Judgement.Detail.Length > 0)
        {
            json.WriteString("detail", server.Judgement.Detail);
        }

        if (expiresIn is { } seconds)
        {
            json.WriteNumber("expiresIn", seconds);
        }

        WriteArray(json, "observations", server.Observations, Write);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PeerSummary peers)
    {
        json.WriteStartObject("peers");
        json.WriteNumber("required", peers.Needed);
        json.WriteNumber("found", peers.Found);
        json.WriteBoolean("timedOut", peers.HasTimedOut);
        WriteArray(json, "members", peers.Members, Write);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PeerVerdict member)
    {
        json.WriteStartObject();
        json.WriteString("name", Printable.Escape(member.Peer.Text));
        json.WriteString("state", member.State.Name());
        if (member.Detail.Length > 0)
        {
            json.WriteString("detail", member.Detail);
            WriteStrings(json, "missingAt", member.MissingAt.Select(server => server.ToString()));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Observation observation)
    {
        json.WriteStartObject();
        json.WriteString("question", observation.Question.ToString());
        json.WriteString("partition", PartitionName(observation.Question.Partition));
        json.WriteString("outcome", OutcomeName(observation.Outcome));
        if (observation.Outcome is Outcome.Responded { Answer: Answer.Records records })
        {
            var all = AnswerText.Records(records);
            WriteStrings(json, "records", all.Take(MaxRecords));
            if (all.Count > MaxRecords)
            {
                json.WriteNumber("recordsLeftOut", all.Count - MaxRecords);
            }
        }

        if (observation.Outcome is Outcome.Responded { Answer: Answer.ServerError error })
        {
            json.WriteString("code", AnswerText.ErrorName(error.Code));
        }

        if (observation.Outcome is Outcome.Malformed malformed)
        {
            json.WriteString("problem", malformed.Problem);
        }

        if (observation.Outcome.Ttl is { } ttl)
        {
            json.WriteNumber("ttl", ttl);
        }

        json.WriteNumber("rttMs", Math.Round(observation.RoundTrip.TotalMilliseconds, 2));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SourceReport source)
    {
        json.WriteStartObject();
        json.WriteString("source", Printable.Escape(source.Source));
        json.WriteBoolean("serves", source.Serves);
        json.WriteString("coverage", source.Coverage.Name());
        if (source.Problem is { } problem)
        {
            json.WriteString("fault", problem.Fault.Name());
            json.WriteString("problem", Printable.Escape(problem.Message));
            json.WriteString("remedy", problem.Remedy);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Diagnosis diagnosis)
    {
        json.WriteStartObject();
        json.WriteString("name", diagnosis.Name);
        json.WriteString("meaning", diagnosis.Meaning);
        json.WriteString("remedy", diagnosis.Remedy);
        json.WriteEndObject();
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, ImmutableArray<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>The name of an outcome: a closed set of the contract.</summary>
    public static string OutcomeName(Outcome outcome) => outcome switch
    {
        Outcome.Responded { Answer: Answer.Records } => "records",
        Outcome.Responded { Answer: Answer.NoData } => "nodata",
        Outcome.Responded { Answer: Answer.NxDomain } => "nxdomain",
        Outcome.Responded { Answer: Answer.ServerError { Code: ResponseCode.ServFail } } => "servfail",
        Outcome.Responded { Answer: Answer.ServerError { Code: ResponseCode.Refused } } => "refused",
        Outcome.Responded => "error",
        Outcome.Malformed => "malformed",
        Outcome.TimedOut => "timed-out",
        Outcome.CutOff => "cut-off",
        Outcome.NotSent => "not-sent",
        _ => "unreachable",
    };

    private static string StandingName(EndpointCondition standing) => standing switch
    {
        EndpointCondition.NotReady => "not-ready",
        EndpointCondition.Terminating => "terminating",
        _ => "serving",
    };

    private static string PartitionName(CachePartition partition) => partition switch
    {
        CachePartition.Cd => "cd",
        CachePartition.Do => "do",
        CachePartition.CdDo => "cd+do",
        _ => "plain",
    };
}
