package io.quorate.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How many requests of one namespace were allowed and denied by this node. Thread-safe. */
public final class DecisionCounts {
    private final LongAdder allowed = new LongAdder();
    private final LongAdder denied = new LongAdder();

    DecisionCounts() {}

    public void count(boolean wasAllowed) {
        (wasAllowed ? allowed : denied).increment();
    }

    public long allowed() {
        return allowed.sum();
    }

    public long denied() {
        return denied.sum();
    }
}
