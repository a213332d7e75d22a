using Microsoft.AspNetCore.Connections;

namespace DnsGate.Serve;

/// <summary>
/// The connections that are open, and no more than so many: whoever opens thousands and says nothing neither takes the
/// files that the loop needs to ask name servers, nor keeps the kubelet out. The oldest one goes.
/// </summary>
/// <param name="most">Connections at a time.</param>
internal sealed class Crowd(int most)
{
    private readonly LinkedList<ConnectionContext> seats = [];

    /// <summary>Stands before the server proper.</summary>
    public ConnectionDelegate Before(ConnectionDelegate server) => async connection =>
    {
        var seat = Admit(connection, out var oldest);
        oldest?.Abort(new ConnectionAbortedException("too many connections: the oldest one goes"));
        try
        {
            await server(connection).ConfigureAwait(false);
        }
        finally
        {
            lock (seats)
            {
                // One that had to go has left its seat already.
                seat.List?.Remove(seat);
            }
        }
    };

    private LinkedListNode<ConnectionContext> Admit(ConnectionContext connection, out ConnectionContext? oldest)
    {
        lock (seats)
        {
            oldest = seats.Count < most ? null : seats.First?.Value;
            if (oldest is not null)
            {
                seats.RemoveFirst();
            }

            return seats.AddLast(connection);
        }
    }
}
