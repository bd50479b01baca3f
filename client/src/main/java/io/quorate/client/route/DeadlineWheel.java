package io.quorate.client.route;

import java.util.function.Consumer;

/**
 * A coarse timer wheel: wakes what waits in it up to one tick late, never early.
 *
 * <p>Scheduling and cancelling relink two neighbours and allocate nothing, which is why each request in
 * flight can have its own deadline. Confined to the loop.
 */
final class DeadlineWheel {
    static final long TICK_NANOS = 10_000_000L;
    /** One turn of the wheel is 5.12 s; what waits longer stays for more turns. */
    private static final int BUCKETS = 512;

    private final Timed[] buckets = new Timed[BUCKETS];
    private final Head due = new Head();
    private final long originNanos;
    private long ticksDone;
    private int waiting;

    DeadlineWheel(long nowNanos) {
        originNanos = nowNanos;
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new Head();
        }
    }

    /** Has {@code timed} woken at this time, in place of any time that it waited for. */
    void schedule(Timed timed, long atNanos) {
        unlink(timed);
        timed.wakeAtNanos = atNanos;
        // Rounded up, so that a bucket's turn comes when its times have passed; one in the past comes next.
        long tick = Math.max(ticksDone + 1, Math.floorDiv(atNanos - originNanos + TICK_NANOS - 1, TICK_NANOS));
        link(buckets[(int) (tick & (BUCKETS - 1))], timed);
    }

    void cancel(Timed timed) {
        unlink(timed);
    }

    boolean isScheduled(Timed timed) {
        return timed.timedAfter != timed;
    }

    boolean isEmpty() {
        return waiting == 0;
    }

    /** Wakes all whose time has come. They may schedule and cancel, others too. */
    void advance(long nowNanos) {
        long ticksNow = Math.floorDiv(nowNanos - originNanos, TICK_NANOS);
        long from = Math.max(ticksDone + 1, ticksNow - BUCKETS + 1); // after a long pause each bucket once
        for (long tick = from; tick <= ticksNow; tick++) {
            Timed head = buckets[(int) (tick & (BUCKETS - 1))];
            for (Timed timed = head.timedAfter; timed != head; ) {
                Timed after = timed.timedAfter;
                if (timed.wakeAtNanos - nowNanos <= 0) {
                    unlink(timed);
                    link(due, timed);
                }
                timed = after;
            }
        }
        ticksDone = Math.max(ticksDone, ticksNow);
        while (due.timedAfter != due) {
            Timed timed = due.timedAfter;
            unlink(timed);
            timed.timeUp(nowNanos);
        }
    }

    /** Takes out all that waits, and hands it to {@code taker}. */
    void drain(Consumer<Timed> taker) {
        for (Timed head : buckets) {
            while (head.timedAfter != head) {
                Timed timed = head.timedAfter;
                unlink(timed);
                taker.accept(timed);
            }
        }
    }

    private void link(Timed head, Timed timed) {
        timed.timedBefore = head.timedBefore;
        timed.timedAfter = head;
        head.timedBefore.timedAfter = timed;
        head.timedBefore = timed;
        waiting++;
    }

    private void unlink(Timed timed) {
        if (timed.timedAfter != timed) {
            timed.timedBefore.timedAfter = timed.timedAfter;
            timed.timedAfter.timedBefore = timed.timedBefore;
            timed.timedBefore = timed;
            timed.timedAfter = timed;
            waiting--;
        }
    }

    /** The fixed element of a bucket's ring. */
    private static final class Head extends Timed {
        @Override
        void timeUp(long nowNanos) {
            throw new IllegalStateException("a bucket's head doesn't wait");
        }
    }
}
