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
    private double levelMax;
    private long lastNanos;
    private long uses;

    UseMeter(double ratePerSecond, double burst, long nowNanos) {
        this.ratePerNano = ratePerSecond / 1e9;
        this.burst = burst;
        this.lastNanos = nowNanos;
    }

    synchronized void used(long tokens, long nowNanos) {
        long elapsed = Math.max(0, nowNanos - lastNanos);
        lastNanos = Math.max(lastNanos, nowNanos);
        level = Math.max(0, level - ratePerNano * elapsed) + tokens;
        levelMax = Math.max(levelMax, level);
        uses += tokens;
    }

    synchronized long uses() {
        return uses;
    }

    /** Tokens by which some window had more than the limit allows; 0 or less: none had. */
    synchronized double excess() {
        return levelMax - burst;
    }
}
