package io.quorate.core.algorithm;

import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;

/** Makes the meter that fits a limit's algorithm, and words what meters refuse. */
final class Meters {
    private Meters() {}

    static Meter of(Limit limit) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET -> new TokenBucket(limit);
            case GCRA -> new Gcra(limit);
            case FIXED_WINDOW -> new FixedWindow(limit);
            case SLIDING_WINDOW -> new SlidingWindow(limit);
            case SLIDING_LOG -> new SlidingLog(limit);
            case CONCURRENCY -> new Concurrency(limit);
        };
    }

    static void checkCost(long cost) {
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be 1 or more, not " + cost);
        }
    }

    static void checkRefund(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("a refund must be 0 or more, not " + count);
        }
    }

    static IllegalArgumentException foreign(Limit limit, CounterState state) {
        return new IllegalArgumentException(
                "not a state of " + limit.algorithm().label() + ": " + state + "; adopt it first");
    }
}
