using DnsGate.Cli;
using DnsGate.Linux;

Streams.FillClosed();
return await CommandLine.RunAsync(args).ConfigureAwait(false);
