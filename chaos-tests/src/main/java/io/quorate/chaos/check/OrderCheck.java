package io.quorate.chaos.check;

import org.jspecify.annotations.Nullable;

/**
 * The order of one group's log against real time: S8 (nothing stands after what was asked only when it had been
 * answered) and S5 (log time runs no faster than real time). Fed in the order of the log.
 */
final class OrderCheck {
    /** A group's clock is slewed by a 2,000th at most; the nodes of a run share one monotonic clock. */
    private static final double RATE = 1 + 1.0 / 2_000;
    /** What log time may gain on that, in all: stamps are rounded down, and a new leader gains nothing. */
    static final double JUMP_NANOS = 2e6;

    private static final double MILLI_NANOS = 1e6;

    private final Findings findings;
    private final LongColumn asked = new LongColumn();
    private final LongColumn answered = new LongColumn();
    private final LongColumn numbers = new LongColumn();
    private double least = Double.MAX_VALUE;
    private long lastLogTime = Long.MIN_VALUE;

    OrderCheck(Findings findings) {
        this.findings = findings;
    }

    /**
     * A decision with its answers, all at one place: it was made between the first time that any of them asked and the
     * first time that any was answered.
     *
     * @param alsoAskedNanos when a copy without an answer was asked; null if there is none
     */
    void decided(OperationTable table, int[] rows, int from, int to, @Nullable Long alsoAskedNanos) {
        long first = alsoAskedNanos == null ? Long.MAX_VALUE : alsoAskedNanos;
        long last = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            first = Math.min(first, table.askedNanos(rows[i]));
            last = Math.min(last, table.returnedNanos(rows[i]));
        }
        add(first, last, table.number(rows[from]));
        logTime(table.logTimeMillis(rows[from]), first, last, table.number(rows[from]));
    }

    /** A decision that was never answered. */
    void open(long askedNanos) {
        add(askedNanos, Long.MAX_VALUE, 0);
    }

    private void add(long askedNanos, long answeredNanos, long number) {
        asked.add(askedNanos);
        answered.add(answeredNanos);
        numbers.add(number);
    }

    /**
     * For all a before b: log time passed from a to b is at most the real time from asking a to answering b, at the
     * fastest rate, and one jump.
     */
    private void logTime(long logTimeMillis, long askedNanos, long answeredNanos, long number) {
        findings.checked(Invariant.S5, 1);
        if (logTimeMillis < lastLogTime) {
            findings.violated(Invariant.S5, "log time goes back from " + lastLogTime + " to " + logTimeMillis, number);
        }
        lastLogTime = logTimeMillis;
        double logNanos = logTimeMillis * MILLI_NANOS;
        double ahead = logNanos - RATE * answeredNanos - least;
        if (ahead > JUMP_NANOS) {
            findings.violated(
                    Invariant.S5,
                    "log time ran ahead of real time by " + Math.round(ahead / MILLI_NANOS) + " ms up to "
                            + logTimeMillis,
                    number);
        }
        least = Math.min(least, logNanos - RATE * askedNanos);
    }

    /** Looks at the order, from behind. */
    void end() {
        long first = Long.MAX_VALUE;
        long byWhom = 0;
        for (int row = asked.size() - 1; row >= 0; row--) {
            if (first < asked.get(row)) {
                findings.violated(
                        Invariant.S8,
                        "a decision stands in the log before another that was answered before it was asked for",
                        numbers.get(row),
                        byWhom);
            }
            if (answered.get(row) < first) {
                first = answered.get(row);
                byWhom = numbers.get(row);
            }
        }
        findings.checked(Invariant.S8, asked.size());
    }
}
