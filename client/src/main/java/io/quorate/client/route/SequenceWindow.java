package io.quorate.client.route;

import io.quorate.core.machine.MachineLimits;
import java.util.Arrays;

/**
 * The sequences of one session: which were given out, and below which none will be repeated.
 *
 * <p>Invariant: {@code settledBelow <= next <= settledBelow + SIZE}. A set bit is a settled sequence at or
 * above {@code settledBelow}; each settles once and is passed once, so both cost O(1) over time. Confined to
 * the loop.
 */
final class SequenceWindow {
    /** Sequences that may be unsettled at once: as many answers as a group keeps for a session. */
    static final int SIZE = MachineLimits.DEFAULT.windowMax();

    private static final int MASK = SIZE - 1;

    private final long[] settled = new long[SIZE >>> 6];
    private long settledBelow = 1;
    private long next = 1;

    SequenceWindow() {
        if (Integer.bitCount(SIZE) != 1 || SIZE < 64) {
            throw new IllegalStateException("the window must be a power of two from 64, not " + SIZE);
        }
    }

    boolean hasRoom() {
        return next - settledBelow < SIZE;
    }

    /** A sequence that was never given out; there must be room. */
    long take() {
        if (!hasRoom()) {
            throw new IllegalStateException(SIZE + " sequences are unsettled from " + settledBelow + " on");
        }
        return next++;
    }

    /** Notes that a sequence is answered or given up: it will never be sent again. */
    void settle(long sequence) {
        if (sequence < settledBelow || sequence >= next || isSettled(sequence)) {
            throw new IllegalArgumentException("sequence " + sequence + " isn't out: " + this);
        }
        settled[word(sequence)] |= 1L << sequence;
        while (settledBelow < next && isSettled(settledBelow)) {
            settled[word(settledBelow)] &= ~(1L << settledBelow);
            settledBelow++;
        }
    }

    /** Every sequence below it is settled: the group may forget their answers. */
    long settledBelow() {
        return settledBelow;
    }

    private boolean isSettled(long sequence) {
        return (settled[word(sequence)] & 1L << sequence) != 0;
    }

    private static int word(long sequence) {
        return (int) (sequence & MASK) >>> 6;
    }

    @Override
    public String toString() {
        int ahead = Arrays.stream(settled).mapToInt(Long::bitCount).sum();
        return "settled below " + settledBelow + " and " + ahead + " above, next " + next;
    }
}
