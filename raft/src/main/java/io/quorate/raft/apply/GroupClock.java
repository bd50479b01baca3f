package io.quorate.raft.apply;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A group's log time on one node: issued here while the node leads, estimated while it follows. Thread-safe.
 *
 * <p>Advances with the node's monotonic clock, slewed toward the wall clock by at most 1 in
 * {@value #SLEW_DIVISOR}, never stepped. A new leader goes on from what it saw of the old leader's stamps: a
 * stamp is older than its receipt, so the estimate is never ahead of the old leader's clock by more than the
 * difference of the two monotonic rates since then. The wall clock itself is taken only if nothing live was
 * seen since the start, that is after the whole group was down.
 */
public final class GroupClock {
    /** 0.05 %. */
    static final long SLEW_DIVISOR = 2000;
    /** An estimate rests on the best stamp of the last one to two windows, so that drift can't add up. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** In the year 2160, where this clock ends: in nanoseconds it fits a long with a century to spare. */
    static final long TIME_MILLIS_MAX = 6_000_000_000_000L;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private final LongSupplier monotonicNanos;
    private final LongSupplier wallMillis;

    // All fields below are guarded by this.
    private long lastLogTimeNanos;

    /** Whether this node issues; then the time last issued, and the monotonic clock then. */
    private boolean leading;

    private long issuedNanos;

    private long issuedAtNanos;

    /** Whether a live stamp was seen; then its lead over the monotonic clock, the best per window. */
    private boolean live;

    private long offsetNanos;

    private long offsetBeforeNanos;

    private long windowStartNanos;

    /** Whether that lead may be another leader's than the next live stamp, which then counts alone. */
    private boolean leaderChanged;

    /**
     * A clock that has seen nothing.
     *
     * @param monotonicNanos like {@code System::nanoTime}
     * @param wallMillis milliseconds since 1970, UTC
     */
    public GroupClock(LongSupplier monotonicNanos, LongSupplier wallMillis) {
        this.monotonicNanos = monotonicNanos;
        this.wallMillis = wallMillis;
    }

    /**
     * An entry with this stamp was applied, or a state with this log time was loaded.
     *
     * @param fresh whether the stamp is of a leader of this moment, and not read back from disk or replayed
     *     from an earlier term
     */
    public synchronized void observed(long logTimeMillis, boolean fresh) {
        long logTimeNanos = Math.min(TIME_MILLIS_MAX, logTimeMillis) * NANOS_PER_MILLI;
        lastLogTimeNanos = Math.max(lastLogTimeNanos, logTimeNanos);
        if (!fresh) {
            return;
        }
        long monotonic = monotonicNanos.getAsLong();
        long offset = logTimeNanos - monotonic;
        if (!live || leaderChanged) {
            live = true;
            leaderChanged = false;
            restartWindows(offset, monotonic);
        } else if (monotonic - windowStartNanos < WINDOW_NANOS) {
            offsetNanos = Math.max(offsetNanos, offset);
        } else {
            offsetBeforeNanos = offsetNanos;
            offsetNanos = offset;
            windowStartNanos = monotonic;
        }
    }

    /**
     * Another node leads now. It may have gone on from late stamps, behind the leader before: an estimate that
     * rests on
     * that one's stamps would be ahead of it, and is dropped at its first live stamp.
     */
    public synchronized void leaderChanged() {
        leaderChanged = true;
    }

    /** This node leads and has applied all that was committed before: from now on it may issue. */
    public synchronized void leaderStarted() {
        if (leading) {
            return;
        }
        long monotonic = monotonicNanos.getAsLong();
        long base = live ? estimateNanos(monotonic) : wallNanos();
        issuedNanos = Math.max(base, lastLogTimeNanos);
        issuedAtNanos = monotonic;
        leading = true;
    }

    /** This node no longer leads; what it issued is its estimate of the next leader's clock. */
    public synchronized void leaderStopped() {
        if (!leading) {
            return;
        }
        advance();
        leading = false;
        live = true;
        restartWindows(issuedNanos - issuedAtNanos, issuedAtNanos);
    }

    /**
     * The log time now, in milliseconds. A leader may stamp it: it is at least every earlier one. Any other
     * node's is its best estimate, at least its last.
     */
    public synchronized long nowMillis() {
        long nanos;
        if (leading) {
            advance();
            nanos = issuedNanos;
        } else {
            nanos = live ? Math.max(lastLogTimeNanos, estimateNanos(monotonicNanos.getAsLong())) : lastLogTimeNanos;
        }
        return Math.min(nanos / NANOS_PER_MILLI, TIME_MILLIS_MAX);
    }

    /** The monotonic clock that this clock runs on, in nanoseconds. */
    long monotonicNanos() {
        return monotonicNanos.getAsLong();
    }

    private void advance() {
        long monotonic = monotonicNanos.getAsLong();
        long elapsed = Math.max(0, monotonic - issuedAtNanos);
        long unslewed = issuedNanos + elapsed;
        long slewMax = elapsed / SLEW_DIVISOR;
        long slew = Math.max(-slewMax, Math.min(slewMax, wallNanos() - unslewed));
        issuedNanos = Math.max(unslewed + slew, lastLogTimeNanos);
        issuedAtNanos += elapsed;
    }

    private long estimateNanos(long monotonic) {
        return monotonic + Math.max(offsetNanos, offsetBeforeNanos);
    }

    private void restartWindows(long offset, long monotonic) {
        offsetNanos = offset;
        offsetBeforeNanos = offset;
        windowStartNanos = monotonic;
    }

    private long wallNanos() {
        long bounded = Math.max(0, Math.min(TIME_MILLIS_MAX, wallMillis.getAsLong()));
        return bounded * NANOS_PER_MILLI;
    }
}
