package io.quorate.client.lease;

import java.util.function.LongSupplier;

/**
 * A monotonic clock that is cheap to read because it stands still between ticks.
 *
 * <p>The loop ticks it at least every {@link #periodNanos()}; if the loop stalls, the clock is late by as much.
 * Whoever relies on it reads {@link #exactNanos()} now and then, as {@link Pocket} does. Thread-safe.
 */
public final class CoarseClock {
    private final LongSupplier exact;
    private final long periodNanos;

    // The time stands in a cache line that nobody else writes to: every spend reads it.
    @SuppressWarnings("unused")
    private long before1, before2, before3, before4, before5, before6, before7, before8;

    private volatile long nowNanos;

    @SuppressWarnings("unused")
    private long after1, after2, after3, after4, after5, after6, after7, after8;

    /**
     * A clock that has been ticked once.
     *
     * @param exact the monotonic clock
     * @param periodNanos the most that should pass between two ticks; nanoseconds
     */
    public CoarseClock(LongSupplier exact, long periodNanos) {
        if (periodNanos < 1) {
            throw new IllegalArgumentException("the period must be positive, not " + periodNanos + " ns");
        }
        this.exact = exact;
        this.periodNanos = periodNanos;
        this.nowNanos = exact.getAsLong();
    }

    /** Reads the monotonic clock for all, and returns its time. Called by the loop alone. */
    public long tick() {
        long now = exact.getAsLong();
        nowNanos = now;
        return now;
    }

    /** The time of the last tick. */
    public long nowNanos() {
        return nowNanos;
    }

    public long exactNanos() {
        return exact.getAsLong();
    }

    public long periodNanos() {
        return periodNanos;
    }
}
