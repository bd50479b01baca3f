package io.quorate.core.rule;

import io.quorate.core.quota.Limit;

/**
 * Whether clients may lease tokens from a rule's counters, to spend them without asking, and how many for how
 * long.
 *
 * @param allowed false: every request is decided at the counter
 * @param tokensMax the most tokens that one client may hold of one counter, 1 to the limit's capacity; 0 stands
 *     for half the capacity
 * @param ttlMillis how long a lease lasts unless it is renewed, {@value #TTL_MILLIS_MIN} to
 *     {@value #TTL_MILLIS_MAX} milliseconds; 0 leaves it to the cluster
 */
public record LeaseTerms(boolean allowed, long tokensMax, long ttlMillis) {
    public static final long TTL_MILLIS_MIN = 100;
    public static final long TTL_MILLIS_MAX = 60_000;

    /** Leases of the default size and length. */
    public static final LeaseTerms DEFAULT = new LeaseTerms(true, 0, 0);
    /** No leases. */
    public static final LeaseTerms OFF = new LeaseTerms(false, 0, 0);

    public LeaseTerms {
        if (!allowed && (tokensMax != 0 || ttlMillis != 0)) {
            throw new IllegalArgumentException("a lease that is off has neither max nor ttl");
        }
        if (tokensMax < 0 || tokensMax > Limit.AMOUNT_MAX) {
            throw new IllegalArgumentException("lease max must be 1 to " + Limit.AMOUNT_MAX + ", not " + tokensMax);
        }
        if (ttlMillis != 0 && (ttlMillis < TTL_MILLIS_MIN || ttlMillis > TTL_MILLIS_MAX)) {
            throw new IllegalArgumentException("lease ttl must be " + TTL_MILLIS_MIN + " ms to " + TTL_MILLIS_MAX
                    + " ms, not " + ttlMillis + " ms");
        }
    }
}
