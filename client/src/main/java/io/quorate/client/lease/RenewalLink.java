package io.quorate.client.lease;

/**
 * Brings renewals to leaders. Each one that is sent comes back once, on the loop and after {@link #send} returned: by
 * {@link Leases#renewed} or {@link Leases#refused}, lost ones as {@link LeaseRefusal#UNKNOWN_OUTCOME} after some time.
 */
@FunctionalInterface
public interface RenewalLink {
    /** How long a renewal may wait for others that leave in the same frame. */
    enum Haste {
        /** Requests wait for it: it takes along what the same burst brings. */
        NOW,
        /** Its pocket runs out: it waits only if a frame has just left. */
        SOON,
        /** Nobody will miss it: it waits a little for company. */
        LEISURE
    }

    /** Sends a renewal, with others in one frame. */
    void send(Pocket pocket, Renewal renewal, Haste haste);
}
