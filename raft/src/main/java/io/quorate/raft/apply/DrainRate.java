package io.quorate.raft.apply;

import java.util.concurrent.TimeUnit;

/**
 * How fast a group answers, by which those that are refused are told when to come again.
 *
 * <p>Written by one thread at a time, read by any.
 */
final class DrainRate {
    static final long RETRY_MILLIS_MIN = 5;
    static final long RETRY_MILLIS_MAX = 1000;

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A window that lasted longer had a pause in it and says nothing. */
    private static final long WINDOW_NANOS_MAX = 5 * WINDOW_NANOS;

    private long windowStartNanos;
    private long windowCount;
    private volatile long commandsPerSecond;

    DrainRate(long nowNanos) {
        windowStartNanos = nowNanos;
    }

    void drained(int commands, long nowNanos) {
        windowCount += commands;
        long elapsed = nowNanos - windowStartNanos;
        if (elapsed >= WINDOW_NANOS) {
            if (elapsed <= WINDOW_NANOS_MAX) {
                commandsPerSecond = windowCount * TimeUnit.SECONDS.toNanos(1) / elapsed;
            }
            windowCount = 0;
            windowStartNanos = nowNanos;
        }
    }

    /** Time in which so many commands get answered, bounded both ways. */
    long retryAfterMillis(int queuedCommands) {
        long rate = commandsPerSecond;
        if (rate == 0) {
            return RETRY_MILLIS_MAX;
        }
        return Math.max(RETRY_MILLIS_MIN, Math.min(RETRY_MILLIS_MAX, queuedCommands * 1000L / rate));
    }
}
