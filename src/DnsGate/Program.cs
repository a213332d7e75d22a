using DnsGate.Cli;
using DnsGate.Linux;

Streams.FillClosed();
return CommandLine.Run(args);
