package io.quorate.client.lease;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The requests that wait for one counter's renewal, in the order in which they came. Confined to the loop. */
final class Waiters {
    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
    private long tokens;
    private long deniedTokens;
    /** No deadline is before this. */
    private long earliestDeadlineNanos;

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** What all of them ask for together. */
    long tokens() {
        return tokens;
    }

    /** Before it nobody's patience ends; there must be somebody. */
    long earliestDeadlineNanos() {
        return earliestDeadlineNanos;
    }

    void add(Waiter waiter) {
        boolean earlier = waiter.deadlineNanos() - earliestDeadlineNanos < 0;
        if (queue.isEmpty() || earlier) {
            earliestDeadlineNanos = waiter.deadlineNanos();
        }
        queue.add(waiter);
        tokens += waiter.cost();
    }

    Waiter first() {
        return queue.element();
    }

    Waiter removeFirst() {
        Waiter first = queue.remove();
        tokens -= first.cost();
        return first;
    }

    /** Removes the first, who is told that there are none. */
    Waiter denyFirst() {
        Waiter first = removeFirst();
        deniedTokens += first.cost();
        return first;
    }

    /** What all that were denied had asked for. */
    long deniedTokens() {
        return deniedTokens;
    }

    /** Removes those whose deadline has passed. */
    void removeLate(long nowNanos, Consumer<Waiter> told) {
        if (queue.isEmpty() || nowNanos - earliestDeadlineNanos < 0) {
            return;
        }
        earliestDeadlineNanos = nowNanos + Long.MAX_VALUE / 4;
        for (int left = queue.size(); left > 0; left--) {
            Waiter first = removeFirst();
            if (nowNanos - first.deadlineNanos() >= 0) {
                told.accept(first);
            } else {
                add(first);
            }
        }
    }
}
