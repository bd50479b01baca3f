package io.quorate.client.api;

/**
 * What a client decided by itself since it was made, and what that took.
 *
 * @param localGranted tokens granted of leases, without a call
 * @param localDenied tokens denied by what the leader had said
 * @param fallbackAllowed requests allowed by failure policies
 * @param fallbackDenied requests denied by failure policies
 * @param renewalDecided requests that waited for a renewal, and were decided with it
 * @param leaderAsked requests that were sent to the leader by themselves
 * @param renewals renewals sent, repeats not counted
 * @param renewalFrames requests that carried them
 * @param granted tokens that leases were granted
 * @param returned tokens given back unused
 * @param expired tokens that were lost with their lease: unspent when it ended
 * @param held tokens held now
 * @param counters counters of which leases are kept
 */
public record LeaseStats(
        long localGranted,
        long localDenied,
        long fallbackAllowed,
        long fallbackDenied,
        long renewalDecided,
        long leaderAsked,
        long renewals,
        long renewalFrames,
        long granted,
        long returned,
        long expired,
        long held,
        int counters) {
    static final LeaseStats NONE = new LeaseStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
