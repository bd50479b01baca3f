package io.quorate.server.net;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The node's unanswered requests: bounded, and waited for when the node stops. Thread-safe. */
final class InFlight {
    private final AtomicInteger count;
    private final int countMax;
    private final CountDownLatch empty = new CountDownLatch(1);
    private volatile boolean draining;

    InFlight(AtomicInteger count, int countMax) {
        this.count = count;
        this.countMax = countMax;
    }

    /** Counts one more request; false if there are too many. */
    boolean tryEnter() {
        if (count.incrementAndGet() > countMax) {
            leave(1);
            return false;
        }
        return true;
    }

    void leave(int requests) {
        if (count.addAndGet(-requests) == 0 && draining) {
            empty.countDown();
        }
    }

    /** Whether new requests are refused. */
    boolean isDraining() {
        return draining;
    }

    /** From now on no request may enter. */
    void drain() {
        draining = true;
        if (count.get() == 0) {
            empty.countDown();
        }
    }

    /** Waits after {@link #drain} until every request has left; false if some have not in time. */
    boolean awaitEmpty(long millisMax) throws InterruptedException {
        return empty.await(millisMax, TimeUnit.MILLISECONDS);
    }
}
