package io.quorate.client.lease;

/**
 * Brings renewals to leaders. Each one that is sent comes back once, on the loop and after {@link #send} returned: by
 * {@link Leases#renewed} or {@link Leases#refused}, lost ones as {@link LeaseRefusal#UNKNOWN_OUTCOME} after some time.
 */
@FunctionalInterface
public interface RenewalLink {
    /**
     * Sends a renewal, with others of the same burst in one frame.
     *
     * @param urgent requests wait for it; else it may wait a little for company
     */
    void send(Pocket pocket, Renewal renewal, boolean urgent);
}
