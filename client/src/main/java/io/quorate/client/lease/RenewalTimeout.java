package io.quorate.client.lease;

/**
 * How long a renewal waits for its answer: by the round trips seen, as TCP waits (RFC 6298). Doubled whenever an answer
 * doesn't come, within bounds; so a link that is slower than the least is found out. Confined to the loop.
 */
public final class RenewalTimeout {
    private static final double MEAN_WEIGHT = 1.0 / 8;
    private static final double DEVIATION_WEIGHT = 1.0 / 4;
    private static final double DEVIATIONS = 4;

    private final long minNanos;
    private final long maxNanos;
    private double meanNanos;
    private double deviationNanos;
    private boolean measured;
    private long nanos;

    RenewalTimeout(LeaseSettings settings) {
        this.minNanos = settings.renewalMinNanos();
        this.maxNanos = settings.renewalMaxNanos();
        this.nanos = minNanos;
    }

    /** How long the next one waits. */
    public long nanos() {
        return nanos;
    }

    /** Round trips of other requests take so long: what to go by until a renewal was answered. */
    public void expect(long roundTripNanos) {
        if (!measured) {
            nanos = Math.min(maxNanos, Math.max(nanos, (long) ((1 + DEVIATIONS / 2) * roundTripNanos)));
        }
    }

    /** An answer came after so long. */
    public void answeredAfter(long tookNanos) {
        if (measured) {
            deviationNanos += DEVIATION_WEIGHT * (Math.abs(tookNanos - meanNanos) - deviationNanos);
            meanNanos += MEAN_WEIGHT * (tookNanos - meanNanos);
        } else {
            measured = true;
            meanNanos = tookNanos;
            deviationNanos = tookNanos / 2.0;
        }
        nanos = Math.min(maxNanos, Math.max(minNanos, (long) (meanNanos + DEVIATIONS * deviationNanos)));
    }

    /** No answer came in time. */
    public void unanswered() {
        nanos = Math.min(maxNanos, 2 * nanos);
    }
}
