package io.quorate.client.route;

import org.jspecify.annotations.Nullable;

/**
 * What the client knows of one group: who leads it, and its own session there. Confined to the loop.
 *
 * <p>A leader is at first only claimed, by a hint or a topology. Then one call, the scout, tries it, and the
 * others stay parked until it came back: a cluster in an election isn't hit by all that waits, over and over.
 */
final class GroupRoute {
    final int group;
    /** Calls that wait for a leader. */
    final CallQueue parked = new CallQueue();
    /** Calls that wait until the session is open. */
    final CallQueue awaitingSession = new CallQueue();

    @Nullable
    NodeRoute leader;
    /** Whether the leader has answered as one. */
    boolean confirmed;

    @Nullable
    Call scout;
    /** Hints followed since a leader last answered as one. */
    int hops;

    @Nullable
    ClientSession session;

    boolean opening;

    GroupRoute(int group) {
        this.group = group;
    }

    /** Forgets the leader. */
    void doubt() {
        leader = null;
        confirmed = false;
        scout = null;
    }

    /** Takes a node for the leader until it says otherwise. */
    void claim(NodeRoute node) {
        leader = node;
        confirmed = false;
        scout = null;
    }

    @Override
    public String toString() {
        return group + " led by " + (leader == null ? "?" : leader.name()) + (confirmed ? "" : " perhaps") + ", "
                + parked.size() + " parked" + (scout == null ? "" : " behind a scout") + ", "
                + awaitingSession.size() + " await a session";
    }

    boolean hasReadyLeader() {
        return leader != null && leader.ready();
    }
}
