package io.quorate.client.lease;

import org.jspecify.annotations.Nullable;

/** What to do with requests when the cluster can't be reached and the lease is spent or over. */
public sealed interface FailurePolicy {

    /** The local limit for one counter; null if there is none. */
    @Nullable
    LocalLimit open(long nowNanos);

    static FailurePolicy deny() {
        return new Deny();
    }

    /** Allows each client so much of each counter: up to {@code amount} at once and per period. */
    static FailurePolicy allowUpTo(long amount, long periodMillis) {
        return new AllowUpTo(amount, periodMillis);
    }

    /** Denies. */
    record Deny() implements FailurePolicy {
        @Override
        public @Nullable LocalLimit open(long nowNanos) {
            return null;
        }
    }

    /**
     * Allows up to a local limit; all clients together may then take that many times their number.
     *
     * @param amount tokens at once, and in each period; 1 or more
     * @param periodMillis milliseconds, 1 or more
     */
    record AllowUpTo(long amount, long periodMillis) implements FailurePolicy {
        public AllowUpTo {
            if (amount < 1 || periodMillis < 1) {
                throw new IllegalArgumentException("amount and period of a local limit must be 1 or more");
            }
        }

        @Override
        public LocalLimit open(long nowNanos) {
            return new LocalLimit(amount, periodMillis * 1_000_000L, nowNanos);
        }
    }
}
