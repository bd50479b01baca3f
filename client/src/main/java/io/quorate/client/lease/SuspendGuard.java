package io.quorate.client.lease;

/**
 * Notices that the machine stood still without its monotonic clock noticing (THEORY 2.5, A-MONO): its time and the wall
 * clock's disagree. Then no lease can be trusted to be valid. Confined to the loop.
 *
 * <p>A wall clock that is set by hand looks the same; leases are dropped then too, which costs a renewal each.
 */
final class SuspendGuard {
    static final long PERIOD_NANOS = 100_000_000L;
    private static final long TOLERANCE_NANOS = 50_000_000L;
    /** Twice 200 ppm of drift, and 500 ppm that a wall clock may be slewed. */
    private static final double TOLERANCE_PART = 2 * (2e-4 + 5e-4);

    private long monoNanos;
    private long wallMillis;

    SuspendGuard(long monoNanos, long wallMillis) {
        this.monoNanos = monoNanos;
        this.wallMillis = wallMillis;
    }

    boolean due(long nowNanos) {
        return nowNanos - monoNanos >= PERIOD_NANOS;
    }

    /** Whether the clocks have disagreed since the last check. */
    boolean disagree(long nowNanos, long nowWallMillis) {
        long monoElapsed = nowNanos - monoNanos;
        long wallElapsed = (nowWallMillis - wallMillis) * 1_000_000L;
        monoNanos = nowNanos;
        wallMillis = nowWallMillis;
        return Math.abs(wallElapsed - monoElapsed) > Math.max(TOLERANCE_NANOS, monoElapsed * TOLERANCE_PART);
    }
}
