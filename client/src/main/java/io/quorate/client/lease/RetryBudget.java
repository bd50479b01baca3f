package io.quorate.client.lease;

/**
 * Bounds the repeats of all renewals together: a tenth of what is sent first, and ten a second. When a cluster
 * comes back, its clients must not fall on it with all that failed meanwhile. Confined to the loop.
 */
final class RetryBudget {
    private static final double PER_FIRST = 0.1;
    private static final double PER_NANO = 10e-9;
    private static final double MAX = 100;

    private double left = MAX;
    private long atNanos;

    RetryBudget(long nowNanos) {
        this.atNanos = nowNanos;
    }

    void sentFirst() {
        left = Math.min(MAX, left + PER_FIRST);
    }

    boolean tryRepeat(long nowNanos) {
        left = Math.min(MAX, left + Math.max(0, nowNanos - atNanos) * PER_NANO);
        atNanos = nowNanos;
        if (left < 1) {
            return false;
        }
        left -= 1;
        return true;
    }
}
