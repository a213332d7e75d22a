namespace DnsGate.Bench;

/// <summary>What was to be measured did not do its job: its figures would mean nothing.</summary>
internal sealed class BenchmarkFailedException(string message) : Exception(message);
