package io.quorate.client.route;

import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Welcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node: its connection, and when to connect again. Confined to the loop. */
final class NodeRoute extends Timed implements LinkEvents {
    final String address;
    /** Calls that wait until the connection takes more. They were not sent. */
    final CallQueue backlog = new CallQueue();

    private final NodeTable table;
    private final Backoff reconnect;
    /** The node's name; null until a node at this address said it or a topology did. */
    @Nullable
    String id;

    String trouble = "not connected yet";
    private @Nullable Link link;
    private boolean ready;
    private boolean proven;

    NodeRoute(String address, NodeTable table, Backoff reconnect) {
        this.address = address;
        this.table = table;
        this.reconnect = reconnect;
    }

    boolean ready() {
        return ready;
    }

    Link link() {
        Link open = link;
        if (open == null) {
            throw new IllegalStateException("node " + name() + " isn't connected");
        }
        return open;
    }

    String name() {
        return id == null ? address : id;
    }

    void connect() {
        if (link == null) {
            link = table.links.open(address, this);
        }
    }

    /** Ends the connection for a reason of this side, as if it had been lost. */
    void sever(String reason) {
        Link open = link();
        lost(open, reason, open.close());
    }

    /** Ends the connection for good. Returns what was sent and not answered. */
    List<Call> close() {
        table.router.wheel.cancel(this);
        ready = false;
        Link open = link;
        link = null;
        return open == null ? List.of() : open.close();
    }

    @Override
    void timeUp(long nowNanos) {
        connect();
    }

    @Override
    public void ready(Link from, Welcome welcome) {
        if (from == link) {
            ready = true;
            proven = false;
            table.welcomed(this, welcome);
        }
    }

    @Override
    public void answered(Call call, Response response) {
        if (!proven) {
            // Only now: a node that shakes hands and then falls over must not be called again at once.
            proven = true;
            reconnect.reset();
        }
        table.router.answered(this, call, response);
    }

    @Override
    public void pushed(Push push) {
        table.router.watch.pushed(push);
    }

    @Override
    public void lost(Link from, String reason, List<Call> unanswered) {
        if (from == link) {
            link = null;
            ready = false;
            trouble = reason;
            table.router.wheel.schedule(this, table.router.nowNanos() + reconnect.nextNanos());
            table.router.lost(this, unanswered);
        }
    }
}
