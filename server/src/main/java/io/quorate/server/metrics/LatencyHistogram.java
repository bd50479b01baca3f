package io.quorate.server.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in buckets of a fixed relative width: two for each power of two, from about 1 µs to 17 s.
 * Lock-free and cheap enough for every request.
 */
public final class LatencyHistogram {
    /** The first bucket holds everything below 2^10 ns; the last one everything else. */
    private static final int FIRST_POWER = 10;

    private static final int LAST_POWER = 34;
    static final int BUCKETS = 2 * (LAST_POWER - FIRST_POWER) + 2;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final LongAdder sumNanos = new LongAdder();

    public void record(long nanos) {
        counts.getAndIncrement(bucket(nanos));
        sumNanos.add(nanos);
    }

    private static int bucket(long nanos) {
        if (nanos < 1L << FIRST_POWER) {
            return 0;
        }
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        int half = (int) (nanos >>> (power - 1)) & 1;
        return Math.min(BUCKETS - 1, 1 + 2 * (power - FIRST_POWER) + half);
    }

    /** The bucket's upper bound in seconds; infinite for the last one. */
    static double upperSeconds(int bucket) {
        if (bucket == BUCKETS - 1) {
            return Double.POSITIVE_INFINITY;
        }
        int steps = bucket;
        long low = 1L << (FIRST_POWER + steps / 2);
        long nanos = steps % 2 == 0 ? low : low + low / 2;
        return nanos / 1e9;
    }

    long[] counts() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    double sumSeconds() {
        return sumNanos.sum() / 1e9;
    }
}
