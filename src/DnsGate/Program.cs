using DnsGate.Os;
using DnsGate.Verbs;

Streams.FillClosed();
return await CommandLine.RunAsync(args);
