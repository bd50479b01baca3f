package io.quorate.core.lease;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.quota.Limit;

/**
 * Whether tokens of a limit can be leased, and for how long.
 *
 * <p>A bucket's for any time; a window's to the end of the window at the latest; a sliding log's for an eighth of its
 * period; a concurrency limit's never.
 */
public final class Leasing {
    private final Lending lending;

    private Leasing(Lending lending) {
        this.lending = lending;
    }

    /**
     * The leasing of a limit.
     *
     * @throws IllegalArgumentException if exact integers can't hold the limit
     */
    public static Leasing of(Limit limit) {
        return new Leasing(Meter.of(limit).lending());
    }

    public boolean isPossible() {
        return lending.lastsMillisMax() > 0;
    }

    /** The longest that a lease may last, whenever it is granted; 0 if there is none; milliseconds. */
    public long validMillisMax() {
        return lending.lastsMillisMax();
    }

    /** How long a lease lasts that is asked to last {@code ttlMillis}, if it is granted at this log time; may be 0. */
    public long validMillis(long nowMillis, long ttlMillis) {
        return Math.min(ttlMillis, lending.lastsMillisMax(nowMillis));
    }
}
