using System.Net;
using Microsoft.AspNetCore.Connections;

namespace DnsGate.Serve;

/// <summary>
/// The connections that are open, and no more than so many: whoever opens thousands and says nothing neither takes the
/// files that the loop needs to ask name servers, nor keeps the kubelet out. The oldest one goes, of the address that has
/// the most: a flood from one pod drives out its own, and not what comes from the node.
/// </summary>
/// <param name="most">Connections at a time. For a moment, when they come faster than they go, three times as many.</param>
internal sealed class Crowd(int most)
{
    private readonly LinkedList<Seat> seats = [];
    private readonly Dictionary<IPAddress, Guests> guests = [];
    private int present;

    /// <summary>Stands before the server proper.</summary>
    public ConnectionDelegate Before(ConnectionDelegate server) => async connection =>
    {
        if (Admit(connection, out var oldest) is not { } seat)
        {
            connection.Abort();
            return;
        }

        oldest?.Abort(new ConnectionAbortedException("too many connections: the oldest one goes"));
        try
        {
            await server(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(seat);
        }
    };

    private LinkedListNode<Seat>? Admit(ConnectionContext connection, out ConnectionContext? oldest)
    {
        oldest = null;
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        lock (seats)
        {
            var from = guests.GetValueOrDefault(address) ?? new Guests(address);
            // Those that come faster than they can be sent away are not let in, whoever else may be.
            if (present >= 3 * most || (present >= 2 * most && guests.Values.All(others => others.Present <= from.Present)))
            {
                return null;
            }

            guests[address] = from;
            present++;
            from.Present++;
            from.Seated++;
            var seat = seats.AddLast(new Seat(connection, from));
            if (seats.Count > most)
            {
                var crowded = guests.Values.Max(group => group.Seated);
                var first = seats.First!;
                while (first.Value.From.Seated < crowded)
                {
                    first = first.Next!;
                }

                oldest = first.Value.Connection;
                Rise(first);
            }

            return seat;
        }
    }

    private void Leave(LinkedListNode<Seat> seat)
    {
        lock (seats)
        {
            // One that had to go has left its seat already.
            if (seat.List is not null)
            {
                Rise(seat);
            }

            present--;
            if (--seat.Value.From.Present == 0)
            {
                guests.Remove(seat.Value.From.Address);
            }
        }
    }

    private void Rise(LinkedListNode<Seat> seat)
    {
        seats.Remove(seat);
        seat.Value.From.Seated--;
    }

    private sealed record Seat(ConnectionContext Connection, Guests From);

    /// <summary>Those that came from one address.</summary>
    private sealed class Guests(IPAddress address)
    {
        public IPAddress Address => address;

        /// <summary>Not told to go.</summary>
        public int Seated { get; set; }

        /// <summary>Not gone.</summary>
        public int Present { get; set; }
    }
}
