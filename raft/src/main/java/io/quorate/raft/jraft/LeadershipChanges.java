package io.quorate.raft.jraft;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Lets a thread wait for what changes of leadership bring about. Thread-safe. */
final class LeadershipChanges {
    /** A change may be told before all of it can be seen; so look again after so long. */
    private static final long LOOK_AGAIN_MILLIS = 50;

    /** A group's leader changed, here or elsewhere. */
    synchronized void changed() {
        notifyAll();
    }

    /** Waits until the condition holds; false if it doesn't within the time given. */
    synchronized boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (!condition.getAsBoolean()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(Math.min(leftMillis, LOOK_AGAIN_MILLIS));
        }
        return true;
    }
}
