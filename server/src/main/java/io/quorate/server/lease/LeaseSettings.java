package io.quorate.server.lease;

/**
 * Bounds of the lease policy of one node.
 *
 * @param ttlMillis how long a lease lives that isn't renewed, where its rule says nothing; milliseconds
 * @param shareMax the part of a counter's capacity that may be leased out at a time, 0 to 1
 * @param trackedKeysMax counters whose demand is remembered; beyond it the longest unused are forgotten; count
 * @param trackedHoldersMax holders remembered over all counters; beyond it new ones get no more than they need; count
 */
public record LeaseSettings(long ttlMillis, double shareMax, int trackedKeysMax, int trackedHoldersMax) {
    public static final LeaseSettings DEFAULT = new LeaseSettings(3_000, 0.5, 100_000, 1_000_000);

    public LeaseSettings {
        if (ttlMillis < 100 || ttlMillis > 60_000) {
            throw new IllegalArgumentException("a lease's ttl must be 100 ms to 60 s, not " + ttlMillis + " ms");
        }
        if (!(shareMax > 0 && shareMax <= 1)) {
            throw new IllegalArgumentException("the share that may be leased must be above 0 and at most 1");
        }
        if (trackedKeysMax < 1 || trackedHoldersMax < 1) {
            throw new IllegalArgumentException("at least one counter and one holder must be remembered");
        }
    }
}
