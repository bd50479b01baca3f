package io.quorate.raft.apply;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A group's log time on one node: issued here while the node leads, estimated while it follows. Thread-safe.
 *
 * <p>Advances with the node's monotonic clock, slewed toward the wall clock by at most 1 in
 * {@value #SLEW_DIVISOR}, never stepped. A new leader goes on from what it knows of the last stamps: a stamp is
 * older than the moment at which it is seen here, be it received, replayed or loaded, and the leader who gave it may
 * have slewed back since, on a clock that is slower than this one: so an estimate goes on from a stamp by 1 in
 * {@value #SLOWNESS_DIVISOR} slower than the monotonic clock here. Then one that rests on stamps of the last leader
 * who gave any is never ahead of that leader's clock, unless the two monotonic rates differ by more than the slew,
 * and then by what they differ more since the stamp. Where machines name their lives, a restarted node also has the
 * {@link ClockMark} that it left, by which its estimate goes on as if it hadn't stopped. The wall clock itself is
 * taken only by a group that has no stamp at all.
 */
public final class GroupClock {
    /** 0.05 %. */
    static final long SLEW_DIVISOR = 2000;
    /** 0.1 %: a leader's slew, and as much for the difference of two machines' monotonic rates. */
    static final long SLOWNESS_DIVISOR = SLEW_DIVISOR / 2;
    /** An estimate rests on the best stamp of the last one to two windows, so that drift can't add up. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** In the year 2160, where this clock ends: in nanoseconds it fits a long with a century to spare. */
    static final long TIME_MILLIS_MAX = ClockMark.LOG_TIME_MILLIS_MAX;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private final LongSupplier monotonicNanos;
    private final LongSupplier wallMillis;

    // All fields below are guarded by this.
    private long lastLogTimeNanos;

    /** Whether this node issues; then the time last issued, and the monotonic clock then. */
    private boolean leading;

    private long issuedNanos;

    private long issuedAtNanos;

    /** Whether any stamp is known; then their lead over the slowed monotonic clock, the best per window. */
    private boolean stamped;

    private long offsetNanos;

    private long offsetBeforeNanos;

    private long windowStartNanos;

    /** The term of the leader whose clock that lead is about; the stamps of an earlier one say nothing of it. */
    private long stampedTerm;

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
     * @param term the entry's, or that of the state's last entry. The leader of a later term may have gone on from
     *     late stamps, behind the one before: so the first stamp of a later term counts alone, and those of an
     *     earlier one don't count any more
     * @param live whether the stamp came from a leader of this moment, and wasn't read back from disk: only those
     *     take the place of earlier ones in time
     */
    public synchronized void observed(long logTimeMillis, long term, boolean live) {
        long logTimeNanos = Math.min(TIME_MILLIS_MAX, logTimeMillis) * NANOS_PER_MILLI;
        lastLogTimeNanos = Math.max(lastLogTimeNanos, logTimeNanos);
        long monotonic = monotonicNanos.getAsLong();
        learn(logTimeNanos - slowed(monotonic), term, monotonic, live);
    }

    /**
     * Goes on from what this node knew before it was restarted. Within one life of the machine the monotonic clock
     * tells the time since, whatever the wall clock does; others may have led meanwhile, so it counts as after a
     * stamp. Over its restart only the wall clock can: as far as it went forward since the mark, which says nothing of
     * whether it was right then. If it isn't known which of the two it was, the mark counts for nothing: after a
     * restart of the process alone the wall clock may not move log time.
     *
     * @param bootId of the machine's life now; empty if it isn't known
     */
    public synchronized void resume(ClockMark mark, String bootId) {
        if (bootId.isEmpty() || mark.bootId().isEmpty()) {
            return;
        }
        long monotonic = monotonicNanos.getAsLong();
        long sinceNanos = mark.isOfBoot(bootId) && monotonic >= mark.monotonicNanos()
                ? slowed(monotonic - mark.monotonicNanos())
                : Math.max(0, wallNanos() - mark.wallMillis() * NANOS_PER_MILLI);
        long end = TIME_MILLIS_MAX * NANOS_PER_MILLI;
        long logTimeNanos = mark.logTimeMillis() * NANOS_PER_MILLI;
        long untilNow = logTimeNanos + Math.min(sinceNanos, end - logTimeNanos);
        learn(untilNow - slowed(monotonic), mark.term(), monotonic, false);
    }

    /** What to keep, so that {@link #resume} can go on from it; empty as long as nothing is known. */
    public synchronized Optional<ClockMark> mark(String bootId) {
        if (!stamped && !leading) {
            return Optional.empty();
        }
        long nowMillis = nowMillis();
        long monotonic = leading ? issuedAtNanos : monotonicNanos.getAsLong();
        return Optional.of(new ClockMark(bootId, stampedTerm, nowMillis, monotonic, wallNanos() / NANOS_PER_MILLI));
    }

    /** This node leads and has applied all that was committed before: from now on it may issue. */
    public synchronized void leaderStarted(long term) {
        if (leading) {
            return;
        }
        long monotonic = monotonicNanos.getAsLong();
        long base = stamped ? estimateNanos(monotonic) : wallNanos();
        issuedNanos = Math.max(base, lastLogTimeNanos);
        issuedAtNanos = monotonic;
        leading = true;
        stampedTerm = Math.max(stampedTerm, term);
    }

    /** This node no longer leads; what it issued is its estimate of the next leader's clock. */
    public synchronized void leaderStopped() {
        if (!leading) {
            return;
        }
        advance();
        leading = false;
        restartWindows(issuedNanos - slowed(issuedAtNanos), issuedAtNanos);
    }

    /**
     * The log time now, in milliseconds. A leader may stamp it: it is at least every earlier one. Any other
     * node's is its best estimate, at least its last.
     */
    public synchronized long nowMillis() {
        long nanos = lastLogTimeNanos;
        if (leading) {
            advance();
            nanos = issuedNanos;
        } else if (stamped) {
            nanos = Math.max(lastLogTimeNanos, estimateNanos(monotonicNanos.getAsLong()));
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
        return slowed(monotonic) + Math.max(offsetNanos, offsetBeforeNanos);
    }

    /** What estimates go on by. */
    private static long slowed(long monotonic) {
        return monotonic - Math.floorDiv(monotonic, SLOWNESS_DIVISOR);
    }

    private void learn(long offset, long term, long monotonic, boolean live) {
        if (!stamped || term > stampedTerm) {
            stampedTerm = term;
            restartWindows(offset, monotonic);
        } else if (term == stampedTerm) {
            if (live && monotonic - windowStartNanos >= WINDOW_NANOS) {
                offsetBeforeNanos = offsetNanos;
                offsetNanos = offset;
                windowStartNanos = monotonic;
            } else {
                offsetNanos = Math.max(offsetNanos, offset);
            }
        }
    }

    private void restartWindows(long offset, long monotonic) {
        stamped = true;
        offsetNanos = offset;
        offsetBeforeNanos = offset;
        windowStartNanos = monotonic;
    }

    private long wallNanos() {
        long bounded = Math.max(0, Math.min(TIME_MILLIS_MAX, wallMillis.getAsLong()));
        return bounded * NANOS_PER_MILLI;
    }
}
