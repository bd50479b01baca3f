package io.quorate.server.endpoint;

import io.quorate.protocol.v1.Push;
import io.quorate.raft.group.ReplicatedGroup;

/** Whoever sent a request and gets its answer: a connection. */
public interface Peer {
    /** Takes an answered exchange, to send its response from the peer's event loop. Any thread; never waits. */
    void answered(Exchange exchange);

    /** A group got a command that waits for its flush at the end of this burst. On the peer's event loop only. */
    void submitted(ReplicatedGroup group);

    /** Sends what wasn't asked for, if the peer can take it now. Any thread; never waits. */
    void push(Push push);

    /** Runs a task on the peer's event loop, followed by the end of a burst. Any thread. */
    void execute(Runnable task);
}
