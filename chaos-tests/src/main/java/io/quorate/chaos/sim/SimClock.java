package io.quorate.chaos.sim;

/**
 * The clocks of one machine: a monotonic one with a rate of its own, and a wall clock that can be set. Neither is
 * simulated time.
 */
final class SimClock {
    private static final long MILLION = 1_000_000L;
    /** The wall clocks' time when a simulation begins: in the year 2026. */
    private static final long EPOCH_MILLIS = 1_790_000_000_000L;

    private final Agenda agenda;
    private long sinceNanos;
    private long monoThen;
    private long driftPpm;
    private boolean frozen;
    private long wallOffsetMillis;

    SimClock(Agenda agenda, long monoNanos, long driftPpm, long wallOffsetMillis) {
        this.agenda = agenda;
        this.sinceNanos = agenda.nowNanos();
        this.monoThen = monoNanos;
        this.driftPpm = driftPpm;
        this.wallOffsetMillis = wallOffsetMillis;
    }

    long monoNanos() {
        if (frozen) {
            return monoThen;
        }
        long elapsed = agenda.nowNanos() - sinceNanos;
        return monoThen + elapsed + elapsed / MILLION * driftPpm + elapsed % MILLION * driftPpm / MILLION;
    }

    long wallMillis() {
        return EPOCH_MILLIS + agenda.nowNanos() / MILLION + wallOffsetMillis;
    }

    /** From now on the monotonic clock is so much too fast; millionths. */
    void drift(long ppm) {
        rebase();
        driftPpm = ppm;
    }

    /** The wall clock is set by so much. */
    void step(long millis) {
        wallOffsetMillis += millis;
    }

    /** The monotonic clock stands still, as that of a suspended machine. */
    void freeze() {
        rebase();
        frozen = true;
    }

    void thaw() {
        if (frozen) {
            sinceNanos = agenda.nowNanos();
            frozen = false;
        }
    }

    long wallOffsetMillis() {
        return wallOffsetMillis;
    }

    private void rebase() {
        monoThen = monoNanos();
        sinceNanos = agenda.nowNanos();
    }
}
