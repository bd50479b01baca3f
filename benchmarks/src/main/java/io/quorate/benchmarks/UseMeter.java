package io.quorate.benchmarks;

/**
 * The resource behind the limit: sees every use as it happens, and by how much the uses ever passed what the limit
 * allows. One pass over the uses decides that for every window at once: a level that rises with each use and falls at
 * the limit's rate is above the burst if and only if some window had more than burst + rate × length.
 */
final class UseMeter {
    private final double ratePerNano;
    private final double burst;
    private double level;
    private double excessMax = Double.NEGATIVE_INFINITY;
    /** The longest that a use in the window that is looked at came after its decision. */
    private long delayNanosMax;

    private long lastNanos;
    private long uses;

    UseMeter(double ratePerSecond, double burst, long nowNanos) {
        this.ratePerNano = ratePerSecond / 1e9;
        this.burst = burst;
        this.lastNanos = nowNanos;
    }

    void used(long tokens, long nowNanos) {
        used(tokens, nowNanos, 0);
    }

    /**
     * Counts a use.
     *
     * @param delayNanos how much earlier its tokens may have been taken: a leader's grant is used when its answer
     * comes,
     *     and the bucket has been refilled since, by so much time at most
     */
    synchronized void used(long tokens, long nowNanos, long delayNanos) {
        long elapsed = Math.max(0, nowNanos - lastNanos);
        lastNanos = Math.max(lastNanos, nowNanos);
        level -= ratePerNano * elapsed;
        if (level <= 0) {
            level = 0;
            delayNanosMax = 0;
        }
        level += tokens;
        delayNanosMax = Math.max(delayNanosMax, delayNanos);
        excessMax = Math.max(excessMax, level - burst - ratePerNano * delayNanosMax);
        uses += tokens;
    }

    /** Whether a bucket that was charged with these uses, and no others, has so many tokens now. */
    synchronized boolean hasRoom(long tokens, long nowNanos) {
        double now = Math.max(0, level - ratePerNano * Math.max(0, nowNanos - lastNanos));
        return now + tokens <= burst;
    }

    synchronized long uses() {
        return uses;
    }

    /** Tokens by which some window had more than the limit allows; 0 or less: none had. */
    synchronized double excess() {
        return excessMax;
    }
}
