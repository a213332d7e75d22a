using DnsGate.Verbs;

return await CommandLine.RunAsync(args);
