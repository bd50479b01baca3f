package io.quorate.chaos.lease;

import io.quorate.chaos.check.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What log time it was, by probes: acquires that a leader decided in its log.
 *
 * <p>A probe's entry was stamped between its sending and its answer. Committed entries are stamped in the order of
 * the log, whoever leads. So whatever was stamped by a moment at or before the sending is at most the probe's log
 * time, and whatever is stamped from its answer on is at least that: nothing is assumed of clocks and of how fast
 * they go.
 */
final class LogTimes {
    /**
     * A decision of a leader.
     *
     * @param sentNanos by the machine's monotonic clock, as {@code answeredNanos}
     * @param logTimeMillis at which it was decided
     */
    record Probe(long sentNanos, long answeredNanos, long logTimeMillis) {}

    /** A use, and the log times between which it was decided. */
    record Timed(long leastMillis, long mostMillis, long tokens) {}

    private final long[] answered;
    private final long[] leastSince;
    private final long[] sent;
    private final long[] mostUntil;

    LogTimes(List<Probe> probes) {
        int count = probes.size();
        List<Probe> byAnswer = new ArrayList<>(probes);
        byAnswer.sort(Comparator.comparingLong(Probe::answeredNanos));
        answered = new long[count];
        leastSince = new long[count];
        for (int i = 0; i < count; i++) {
            Probe probe = byAnswer.get(i);
            answered[i] = probe.answeredNanos();
            leastSince[i] = Math.max(i == 0 ? Long.MIN_VALUE : leastSince[i - 1], probe.logTimeMillis());
        }
        List<Probe> bySending = new ArrayList<>(probes);
        bySending.sort(Comparator.comparingLong(Probe::sentNanos));
        sent = new long[count];
        mostUntil = new long[count];
        for (int i = count - 1; i >= 0; i--) {
            Probe probe = bySending.get(i);
            sent[i] = probe.sentNanos();
            mostUntil[i] = Math.min(i == count - 1 ? Long.MAX_VALUE : mostUntil[i + 1], probe.logTimeMillis());
        }
    }

    /** The granted uses, with their log times; those before the first probe and after the last have none. */
    List<Timed> of(List<Use> uses) {
        List<Timed> timed = new ArrayList<>(uses.size());
        for (Use use : uses) {
            if (use.granted()) {
                of(use.askedNanos(), use.answeredNanos(), use.tokens()).ifPresent(timed::add);
            }
        }
        return timed;
    }

    /** What was decided between two moments. */
    Optional<Timed> of(long fromNanos, long toNanos, long tokens) {
        int before = upTo(answered, fromNanos) - 1;
        int after = upTo(sent, toNanos - 1);
        return before < 0 || after == sent.length
                ? Optional.empty()
                : Optional.of(new Timed(leastSince[before], mostUntil[after], tokens));
    }

    /** How many of these, which ascend, are at most so much. */
    private static int upTo(long[] ascending, long most) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] <= most) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
