using System.Text.Json.Nodes;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>The seccomp profile that podman and buildah run containers with by default, for a container without capabilities.</summary>
internal static class SeccompProfile
{
    private const string Default = "/usr/share/containers/seccomp.json";

    /// <summary>
    /// As the OCI runtime specification writes it: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp.
    /// </summary>
    public static JsonObject Read()
    {
        Machine.NeedsFile(Default, "golang-github-containers-common");
        var profile = JsonNode.Parse(File.ReadAllText(Default))!;
        return new JsonObject
        {
            ["defaultAction"] = profile["defaultAction"]!.DeepClone(),
            ["defaultErrnoRet"] = profile["defaultErrnoRet"]?.DeepClone() ?? 1,
            ["architectures"] = Emulated.HostArchitecture == "arm64"
                ? new JsonArray("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM")
                : new JsonArray("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
            ["syscalls"] = new JsonArray([.. profile["syscalls"]!.AsArray().Where(rule => IsForUs(rule!)).Select(rule => Rule(rule!))]),
        };
    }

    // A rule may be for containers with a capability only, or for some processors. (Those for containers without one are for this one.)
    private static bool IsForUs(JsonNode rule) =>
        !Words(rule["includes"]?["caps"]).Any()
        && (!Words(rule["includes"]?["arches"]).Any() || Words(rule["includes"]?["arches"]).Contains(Emulated.HostArchitecture))
        && !Words(rule["excludes"]?["arches"]).Contains(Emulated.HostArchitecture);

    private static JsonObject Rule(JsonNode rule)
    {
        JsonObject made = [];
        foreach (var key in new[] { "names", "action", "errnoRet", "args" })
        {
            if (rule[key] is { } value)
            {
                made[key] = value.DeepClone();
            }
        }

        return made;
    }

    private static IEnumerable<string> Words(JsonNode? list) => list?.AsArray().Select(word => word!.GetValue<string>()) ?? [];
}
