package io.quorate.client.lease;

import java.util.Arrays;

/** The 99th percentile of how long renewals took, over the last {@value #KEPT} of them. Confined to the loop. */
public final class RenewLatency {
    private static final int KEPT = 128;
    private static final int REFRESH = 16;
    /** R of policy QAL as simulated (THEORY 6.2), until measured. */
    private static final long FIRST_NANOS = 6_000_000L;
    /** A renewal that hung must not make every pocket large: nothing beyond counts, */
    private static final long MAX_NANOS = 2_000_000_000L;
    /** nor what is longer than this and so many times the median. */
    private static final long HUNG_NANOS = 250_000_000L;

    private static final int HUNG_MEDIANS = 4;
    /** A thread that runs low must first reach the loop. */
    private static final long MIN_NANOS = 1_000_000L;

    private final long[] last = new long[KEPT];
    private int count;
    private long p99Nanos = FIRST_NANOS;

    void took(long nanos) {
        last[count++ & KEPT - 1] = Math.min(MAX_NANOS, Math.max(MIN_NANOS, nanos));
        if (count % REFRESH == 0) {
            long[] sorted = Arrays.copyOf(last, Math.min(count, KEPT));
            Arrays.sort(sorted);
            long hung = Math.max(HUNG_NANOS, HUNG_MEDIANS * sorted[sorted.length / 2]);
            p99Nanos = Math.min(hung, sorted[(sorted.length - 1) * 99 / 100]);
        }
    }

    long p99Nanos() {
        return p99Nanos;
    }

    double p99Seconds() {
        return p99Nanos * 1e-9;
    }
}
