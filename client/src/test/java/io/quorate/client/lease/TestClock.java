package io.quorate.client.lease;

import java.util.function.LongSupplier;

/** A monotonic and a wall clock that stand still until they are moved. */
final class TestClock implements LongSupplier {
    private volatile long nanos = 5_000_000_000L;
    private volatile long wallMillis = 1_700_000_000_000L;

    @Override
    public long getAsLong() {
        return nanos;
    }

    long wallMillis() {
        return wallMillis;
    }

    void advanceMillis(long millis) {
        nanos += millis * 1_000_000L;
        wallMillis += millis;
    }

    /** The machine stood still, and the monotonic clock with it. */
    void suspendMillis(long millis) {
        wallMillis += millis;
    }
}
