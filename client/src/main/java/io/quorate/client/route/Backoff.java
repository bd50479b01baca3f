package io.quorate.client.route;

import java.util.random.RandomGenerator;

/**
 * Waits that double from try to try, each drawn from the upper half of its range, so that clients that failed
 * together don't come back together.
 */
final class Backoff {
    private final long minNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private int tries;

    Backoff(long minNanos, long maxNanos, RandomGenerator random) {
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.random = random;
    }

    long nextNanos() {
        return jittered(minNanos, maxNanos, tries++, random);
    }

    void reset() {
        tries = 0;
    }

    /** The wait after so many tries before it: never below {@code minNanos}, never above {@code maxNanos}. */
    static long jittered(long minNanos, long maxNanos, int tries, RandomGenerator random) {
        long doubled = minNanos << Math.min(tries + 1, 20);
        long range = doubled < minNanos ? maxNanos : Math.min(maxNanos, doubled);
        long floor = Math.max(minNanos, range / 2);
        return floor >= range ? range : floor + random.nextLong(range - floor + 1);
    }
}
