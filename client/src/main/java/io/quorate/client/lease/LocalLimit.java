package io.quorate.client.lease;

import io.quorate.core.rule.FailureTerms;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit that one client keeps for itself while the cluster can't be reached: in any time at most the amount,
 * and the amount again for each period that passed. Thread-safe, without locks.
 */
final class LocalLimit {
    private final long periodNanos;
    private final double nanosPerToken;
    private final AtomicLong fullAtNanos;

    /** A full limit; {@code terms} must allow something. */
    LocalLimit(FailureTerms terms, long nowNanos) {
        this.periodNanos = terms.periodMillis() * 1_000_000L;
        this.nanosPerToken = (double) periodNanos / terms.amount();
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    boolean tryTake(long nowNanos, long cost) {
        double nanos = cost * nanosPerToken;
        if (nanos > periodNanos) {
            return false;
        }
        while (true) {
            long seen = fullAtNanos.get();
            long from = seen - nowNanos < 0 ? nowNanos : seen;
            long next = from + (long) Math.ceil(nanos);
            if (next - nowNanos > periodNanos) {
                return false;
            }
            if (fullAtNanos.compareAndSet(seen, next)) {
                return true;
            }
        }
    }

    /** Undoes a take. */
    void giveBack(long cost) {
        // Rounded down: what is given back is never more than was taken.
        fullAtNanos.addAndGet(-(long) Math.floor(cost * nanosPerToken));
    }

    long retryAfterNanos(long nowNanos, long cost) {
        return Math.max(0, fullAtNanos.get() + (long) Math.ceil(cost * nanosPerToken) - periodNanos - nowNanos);
    }
}
