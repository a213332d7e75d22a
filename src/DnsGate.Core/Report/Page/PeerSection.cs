using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>The members of <c>--peers</c>, the missing ones first.</summary>
internal static class PeerSection
{
    private const int MostRows = 100;
    private const int MostCharacters = 300;

    public static void Write(Html page, GateSnapshot snapshot)
    {
        if (snapshot.Peers is not { } peers)
        {
            return;
        }

        WriteAlso(page, peers);
        if (peers.Members.IsEmpty)
        {
            return;
        }

        page.Write($"<section aria-labelledby=\"peers\">\n<h2 id=\"peers\">Members</h2>\n<p>{peers.Found} of {peers.Members.Length} exist, "
            + $"{peers.Needed} required{(peers.HasTimedOut ? "; --peers-timeout has passed" : "")}</p>\n");
        WriteList(page, peers.Members);
        if (peers.Members.Length > MostRows)
        {
            page.Write($"<p class=\"more\">… and {peers.Members.Length - MostRows} more, in <a href=\"/status\">/status</a></p>\n");
        }

        page.Write($"</section>\n");
    }

    private static void WriteAlso(Html page, PeerSummary peers)
    {
        if (peers.Also.IsEmpty)
        {
            return;
        }

        page.Write($"<section aria-labelledby=\"also\">\n<h2 id=\"also\">Other names</h2>\n");
        WriteList(page, peers.Also);
        page.Write($"</section>\n");
    }

    private static void WriteList(Html page, IEnumerable<PeerVerdict> members)
    {
        page.Write($"<ul class=\"advice\">\n");
        foreach (var member in members.OrderBy(member => member.State != PeerState.Missing).Take(MostRows))
        {
            WriteItem(page, member);
        }

        page.Write($"</ul>\n");
    }

    private static void WriteItem(Html page, PeerVerdict member)
    {
        page.Write($"<li><b>{member.Peer.Text}</b> {member.State.Name()}");
        if (member.Detail.Length > 0)
        {
            var servers = member.MissingAt.IsEmpty ? "" : $", at {string.Join(' ', member.MissingAt)}";
            page.Write($" <span class=\"soft\">{Html.Cut(member.Detail + servers, MostCharacters)}</span>");
        }

        page.Write($"</li>\n");
    }
}
