package io.quorate.raft.jraft;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How far a group's Raft says it is, without waiting for it: JRaft answers under its lock, which a write to a disk
 * that hangs can hold for ever. Asked elsewhere, one question at a time; what is known is the last answer, and for
 * how long there was none. Thread-safe.
 */
final class RaftView {
    private final LongSupplier committed;
    private final LongSupplier applied;
    private final LongSupplier nanoTime;
    private final Executor asking;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long askedAtNanos;
    private volatile long committedIndex;
    private volatile long appliedIndex;

    /**
     * A view that has seen nothing.
     *
     * @param committed asks Raft for the last committed index; may wait, or throw {@link IllegalStateException} if Raft
     *     doesn't say
     * @param applied the same for the last applied index
     * @param asking runs a question on a thread of which it may never come back
     */
    RaftView(LongSupplier committed, LongSupplier applied, LongSupplier nanoTime, Executor asking) {
        this.committed = committed;
        this.applied = applied;
        this.nanoTime = nanoTime;
        this.asking = asking;
    }

    /** Asks anew, unless the last question is unanswered. Never waits. */
    void refresh() {
        if (asked.compareAndSet(false, true)) {
            askedAtNanos = nanoTime.getAsLong();
            asking.execute(this::ask);
        }
    }

    private void ask() {
        try {
            long appliedNow = applied.getAsLong();
            committedIndex = Math.max(committed.getAsLong(), appliedNow);
            appliedIndex = appliedNow;
        } catch (IllegalStateException e) {
            // Raft is in error or ends, which the watchdog sees by itself: what was known stays.
            committedIndex = appliedIndex;
        } finally {
            asked.set(false);
        }
    }

    /** For how long the question has been unanswered; 0 if none is. */
    long unansweredMillis() {
        return asked.get() ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - askedAtNanos)) : 0;
    }

    /** As far as known. */
    long committedIndex() {
        return committedIndex;
    }

    /** As far as known. */
    long appliedIndex() {
        return appliedIndex;
    }
}
