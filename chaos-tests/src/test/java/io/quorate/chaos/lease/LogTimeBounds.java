package io.quorate.chaos.lease;

import io.quorate.chaos.lease.LogTimes.Timed;
import io.quorate.core.quota.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/*
 * S2 of limits that count by log time. What a ledger promises of uses, by the log time t at which each was decided:
 *
 * Fixed window k: a lease is granted in the window whose tokens it has, and ends with it; so its uses are in it too,
 * and at most L of them.
 *
 * Sliding window k: the last tokens used by t were granted at some g <= t, when granted_k(g) * W + prev * (W - e(g))
 * was at most L * W, with e the time since the window began. What was used in k by t was granted by g; what was used
 * in k - 1 is in prev; and e(g) <= e(t). So used_k(t) * W + used_(k-1) * (W - e(t)) <= L * W.
 *
 * Sliding log: a token counts from its grant until a period after its use is told, or its lease ends, both of which
 * are at or after its use. So of uses less than a period apart all count when the last is granted: at most L.
 *
 * A use lies between two log times. It counts only where it is for certain: then what is found is certain, and
 * nothing is allowed on top but what pauses explain.
 */

/** By how much limits that count by log time were passed by the time of use, at worst. */
final class LogTimeBounds {
    private LogTimeBounds() {}

    /**
     * The span with the most.
     *
     * @param overMilli thousandths of tokens over the limit; 0 or less if it wasn't passed
     */
    record Worst(long fromMillis, long untilMillis, long tokens, long overMilli) {}

    static Optional<Worst> fixedWindow(Limit limit, List<Timed> uses) {
        long period = limit.periodMillis();
        return certain(period, uses).entrySet().stream()
                .map(e -> new Worst(
                        e.getKey() * period,
                        (e.getKey() + 1) * period,
                        sum(e.getValue()),
                        1000 * (sum(e.getValue()) - limit.amount())))
                .max(Comparator.comparingLong(Worst::overMilli));
    }

    static Optional<Worst> slidingWindow(Limit limit, List<Timed> uses) {
        long period = limit.periodMillis();
        Map<Long, List<Timed>> windows = certain(period, uses);
        Worst worst = null;
        for (Map.Entry<Long, List<Timed>> window : windows.entrySet()) {
            long start = window.getKey() * period;
            long previous = sum(windows.getOrDefault(window.getKey() - 1, List.of()));
            List<Timed> inOrder = new ArrayList<>(window.getValue());
            inOrder.sort(Comparator.comparingLong(Timed::mostMillis));
            long used = 0;
            for (Timed use : inOrder) {
                used += use.tokens();
                long left = period - (use.mostMillis() - start);
                long over = (1000 * (used * period + previous * left - limit.amount() * period)) / period;
                if (worst == null || over > worst.overMilli()) {
                    worst = new Worst(start, use.mostMillis(), used, over);
                }
            }
        }
        return Optional.ofNullable(worst);
    }

    static Optional<Worst> slidingLog(Limit limit, List<Timed> uses) {
        List<Timed> byLeast = new ArrayList<>(uses);
        byLeast.sort(Comparator.comparingLong(Timed::leastMillis).reversed());
        // From the last to the first as the first of a span: those that begin later and end within it.
        PriorityQueue<Timed> inSpan =
                new PriorityQueue<>(Comparator.comparingLong(Timed::mostMillis).reversed());
        Deque<Timed> sameMoment = new ArrayDeque<>();
        long tokens = 0;
        Worst worst = null;
        for (int i = 0; i < byLeast.size(); i++) {
            Timed first = byLeast.get(i);
            sameMoment.add(first);
            if (i + 1 < byLeast.size() && byLeast.get(i + 1).leastMillis() == first.leastMillis()) {
                continue;
            }
            while (!sameMoment.isEmpty()) {
                tokens += sameMoment.element().tokens();
                inSpan.add(sameMoment.remove());
            }
            long until = first.leastMillis() + limit.periodMillis();
            while (!inSpan.isEmpty() && inSpan.element().mostMillis() >= until) {
                tokens -= inSpan.remove().tokens();
            }
            long over = 1000 * (tokens - limit.amount());
            if (worst == null || over > worst.overMilli()) {
                worst = new Worst(first.leastMillis(), until, tokens, over);
            }
        }
        return Optional.ofNullable(worst);
    }

    /** The uses that are in one window for certain, by window. */
    private static Map<Long, List<Timed>> certain(long periodMillis, List<Timed> uses) {
        Map<Long, List<Timed>> windows = new TreeMap<>();
        for (Timed use : uses) {
            long window = Math.floorDiv(use.leastMillis(), periodMillis);
            if (window == Math.floorDiv(use.mostMillis(), periodMillis)) {
                windows.computeIfAbsent(window, w -> new ArrayList<>()).add(use);
            }
        }
        return windows;
    }

    private static long sum(List<Timed> uses) {
        return uses.stream().mapToLong(Timed::tokens).sum();
    }
}
