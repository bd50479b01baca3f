package io.quorate.benchmarks;

/**
 * A token bucket that everyone can ask without any delay: the most that any scheme could admit of these arrivals,
 * first come first served.
 */
final class IdealBucket {
    private final double ratePerNano;
    private final double burst;
    private double tokens;
    private long lastNanos;

    IdealBucket(double ratePerSecond, double burst) {
        this.ratePerNano = ratePerSecond / 1e9;
        this.burst = burst;
        this.tokens = burst;
    }

    boolean admits(long atNanos) {
        tokens = Math.min(burst, tokens + ratePerNano * (atNanos - lastNanos));
        lastNanos = atNanos;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
