namespace DnsGate.Core.Model;

/// <summary>What the answers of all servers together mean, and what to do.</summary>
/// <param name="Name">A fixed name, for machines: one of <see cref="DiagnosisNames"/>.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Diagnosis(string Name, string Meaning, string Remedy);
