package io.quorate.client.lease;

/**
 * Bounds and times of a client's leases.
 *
 * @param clockPeriodNanos how often the loop ticks; a lease is spent until two ticks before its end; nanoseconds
 * @param requestsMax descriptions of requests whose pockets are remembered; count
 * @param pocketsMax counters of which tokens are held; requests of others go to the leader; count
 * @param waitersMax requests that wait for one counter's renewal; others go to the leader; count
 * @param fallbackAfterNanos for how long renewals must have failed before the rule's failure terms decide; nanoseconds
 * @param renewalMinNanos shortest that a renewal waits for its answer, whatever round trips took; nanoseconds
 * @param renewalMaxNanos longest that it waits, on the slowest of links; nanoseconds
 * @param retryMinNanos shortest wait before a renewal is repeated; nanoseconds
 * @param retryMaxNanos longest wait before a renewal is repeated; nanoseconds
 * @param retireNanos after which a counter is given up that nobody asks for; nanoseconds
 * @param exactDeadlines whether every spend reads the exact clock, so that nothing is spent of a lease that is over,
 *     however long the process stood still; else see {@link Pocket}
 * @param sizing how much to hold, and when to ask
 */
public record LeaseSettings(
        long clockPeriodNanos,
        int requestsMax,
        int pocketsMax,
        int waitersMax,
        long fallbackAfterNanos,
        long renewalMinNanos,
        long renewalMaxNanos,
        long retryMinNanos,
        long retryMaxNanos,
        long retireNanos,
        boolean exactDeadlines,
        SizingPolicy sizing) {
    private static final long MILLI = 1_000_000L;

    public LeaseSettings {
        if (clockPeriodNanos < 1 || clockPeriodNanos > 100 * MILLI) {
            throw new IllegalArgumentException("the clock must tick every 1 ns to 100 ms");
        }
        if (requestsMax < 2 || pocketsMax < 1 || waitersMax < 1) {
            throw new IllegalArgumentException("bounds must be positive");
        }
        if (renewalMinNanos < 1 || renewalMaxNanos < renewalMinNanos) {
            throw new IllegalArgumentException("a renewal must wait, and at most not less than at least");
        }
        if (fallbackAfterNanos < 0 || retireNanos < 1 || retryMinNanos < 1 || retryMaxNanos < retryMinNanos) {
            throw new IllegalArgumentException("waits must be positive, and the longest not below the shortest");
        }
    }

    /** Settings fit for most: sized by demand. */
    public static LeaseSettings standard() {
        return new LeaseSettings(
                2 * MILLI,
                200_000,
                200_000,
                4096,
                500 * MILLI,
                500 * MILLI,
                5000 * MILLI,
                10 * MILLI,
                1000 * MILLI,
                60_000 * MILLI,
                false,
                AdaptiveSizing.POLICY);
    }

    /** A clock that ticks so often: less often costs less, and ends leases earlier. */
    public LeaseSettings withClockPeriodNanos(long nanos) {
        return new LeaseSettings(
                nanos,
                requestsMax,
                pocketsMax,
                waitersMax,
                fallbackAfterNanos,
                renewalMinNanos,
                renewalMaxNanos,
                retryMinNanos,
                retryMaxNanos,
                retireNanos,
                exactDeadlines,
                sizing);
    }

    public LeaseSettings with(SizingPolicy policy) {
        return new LeaseSettings(
                clockPeriodNanos,
                requestsMax,
                pocketsMax,
                waitersMax,
                fallbackAfterNanos,
                renewalMinNanos,
                renewalMaxNanos,
                retryMinNanos,
                retryMaxNanos,
                retireNanos,
                exactDeadlines,
                policy);
    }

    /** Every spend reads the exact clock: some five times what it takes otherwise. */
    public LeaseSettings withExactDeadlines() {
        return new LeaseSettings(
                clockPeriodNanos,
                requestsMax,
                pocketsMax,
                waitersMax,
                fallbackAfterNanos,
                renewalMinNanos,
                renewalMaxNanos,
                retryMinNanos,
                retryMaxNanos,
                retireNanos,
                true,
                sizing);
    }
}
