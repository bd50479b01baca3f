package io.quorate.core.machine;

import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When how many tokens were used, in the order of time, and by how much that passes a limit. */
final class Uses {
    /** Tokens used at a time of the leaders' clocks, as if none fell back, and the log time at that instant. */
    private record Use(long atMillis, long logTimeMillis, long count) {}

    private final List<Use> uses = new ArrayList<>();
    private long total;

    void add(long atMillis, long logTimeMillis, long count) {
        if (count > 0) {
            if (!uses.isEmpty() && uses.get(uses.size() - 1).atMillis() > atMillis) {
                throw new IllegalArgumentException("uses go on in time");
            }
            uses.add(new Use(atMillis, logTimeMillis, count));
            total += count;
        }
    }

    long total() {
        return total;
    }

    /**
     * Tokens, rounded up, by which the worst span passes what the limit and {@code allowance} more tokens let be used
     * in it; 0 or less if none does.
     */
    long excess(Limit limit, long allowance) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> bucketExcess(limit, allowance);
            case FIXED_WINDOW -> windowExcess(limit, allowance);
            case SLIDING_WINDOW -> slidingExcess(limit, allowance);
            case SLIDING_LOG -> logExcess(limit, allowance);
            case CONCURRENCY -> throw new IllegalArgumentException("permits aren't used up");
        };
    }

    /**
     * The most of uses(s..t) - burst - rate * (t - s) over all s and t, in one pass: the span that is worst at t began
     * where uses before it less the rate's share were least. In units of which a token is {@code period} and a
     * millisecond refills {@code amount}, so exact.
     */
    private long bucketExcess(Limit limit, long allowance) {
        long used = 0;
        long least = Long.MAX_VALUE;
        long worst = Long.MIN_VALUE;
        for (int i = 0; i < uses.size(); ) {
            long at = uses.get(i).atMillis();
            long refilled = at * limit.amount();
            least = Math.min(least, used - refilled);
            while (i < uses.size() && uses.get(i).atMillis() == at) {
                used += uses.get(i++).count() * limit.periodMillis();
            }
            worst = Math.max(worst, used - refilled - least);
        }
        return worst == Long.MIN_VALUE ? 0 : ceil(worst, limit.periodMillis()) - limit.burst() - allowance;
    }

    /** Windows are of log time. */
    private List<Use> byLogTime() {
        List<Use> sorted = new ArrayList<>(uses);
        sorted.sort(Comparator.comparingLong(Use::logTimeMillis));
        return sorted;
    }

    private long windowExcess(Limit limit, long allowance) {
        long worst = 0;
        long window = Long.MIN_VALUE;
        long count = 0;
        for (Use use : byLogTime()) {
            long index = Math.floorDiv(use.logTimeMillis(), limit.periodMillis());
            count = index == window ? count + use.count() : use.count();
            window = index;
            worst = Math.max(worst, count);
        }
        return worst - limit.amount() - allowance;
    }

    /** The estimate of the sliding window counter, from what was used instead of what was taken. */
    private long slidingExcess(Limit limit, long allowance) {
        long period = limit.periodMillis();
        long worst = Long.MIN_VALUE;
        long window = Long.MIN_VALUE;
        long current = 0;
        long previous = 0;
        for (Use use : byLogTime()) {
            long index = Math.floorDiv(use.logTimeMillis(), period);
            if (index != window) {
                previous = index == window + 1 ? current : 0;
                current = 0;
                window = index;
            }
            current += use.count();
            long left = period - Math.floorMod(use.logTimeMillis(), period);
            worst = Math.max(worst, current * period + previous * left);
        }
        return worst == Long.MIN_VALUE ? 0 : ceil(worst, period) - limit.amount() - allowance;
    }

    private long logExcess(Limit limit, long allowance) {
        long worst = 0;
        long count = 0;
        int from = 0;
        for (Use use : uses) {
            count += use.count();
            while (uses.get(from).atMillis() + limit.periodMillis() <= use.atMillis()) {
                count -= uses.get(from++).count();
            }
            worst = Math.max(worst, count);
        }
        return worst - limit.amount() - allowance;
    }

    private static long ceil(long units, long unitsPerToken) {
        return -Math.floorDiv(-units, unitsPerToken);
    }
}
