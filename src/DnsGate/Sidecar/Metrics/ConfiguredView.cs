using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;

namespace DnsGate.Sidecar.Metrics;

/// <summary>A kind of view that the configuration has, and what is asked there.</summary>
/// <param name="Kind">Which; several external views are one.</param>
/// <param name="Reverse">What the PTR records must be.</param>
/// <param name="Types">The record types that are asked.</param>
internal sealed record ConfiguredView(ViewKind Kind, ReversePolicy Reverse, ImmutableArray<RecordType> Types)
{
    /// <summary>The views, in their order.</summary>
    public static IReadOnlyList<ConfiguredView> AllOf(GateOptions options)
    {
        List<ConfiguredView> views = [Create(ViewKind.Cluster, options.Reverse, options.Families)];
        if (options.App is not null)
        {
            views.Add(Create(ViewKind.App, options.Reverse, options.Families));
        }

        if (!options.External.IsEmpty)
        {
            views.Add(Create(ViewKind.External, options.ExternalReverse, options.Families));
        }

        return views;
    }

    /// <summary>The sources as they are written on the command line. What <c>auto</c> stands for is known with the first list.</summary>
    public static IEnumerable<string> SourcesOf(GateOptions options)
    {
        foreach (var source in options.Servers)
        {
            if (source is not ServerSource.Auto)
            {
                yield return source.ToString();
            }
        }

        if (options.App is { } app)
        {
            yield return app.ToString();
        }

        foreach (var external in options.External)
        {
            yield return external.ToString();
        }
    }

    private static ConfiguredView Create(ViewKind kind, ReversePolicy reverse, FamilyPolicy families)
    {
        var types = ForwardJudge.TypesToAsk(families);
        return new ConfiguredView(kind, reverse, reverse == ReversePolicy.Off ? types : types.Add(RecordType.PTR));
    }
}
