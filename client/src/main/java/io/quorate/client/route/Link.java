package io.quorate.client.route;

import java.util.List;

/**
 * One connection to one node, from the attempt to connect until it is lost. Confined to the loop; what is
 * sent waits for {@link #flush}.
 */
public interface Link {

    /** Whether the node would take one request more now. Only for a link that is ready. */
    boolean hasRoom();

    /** Sends a call's request. The link must be ready and have room. */
    void send(Call call);

    /** Forgets a call that was sent: its answer, if one comes, is dropped. */
    void abandon(Call call);

    /** Hands what was sent since the last flush to the network. */
    void flush();

    /** When the node was last heard of; by the loop's clock. */
    long heardAtNanos();

    /** Most bytes of a request's frame, its length left out. */
    int frameBytesMax();

    /** Ends the connection, of which nothing is reported any more. Returns what was sent and not answered. */
    List<Call> close();
}
