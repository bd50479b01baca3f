package io.quorate.chaos.check;

import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * S2: what was used of a counter, by whomever and of whatever lease, is within its limit by the time of use.
 *
 * <p>A use lies somewhere between asking and answer. It counts in the spans that hold both: so what is found is
 * certain,
 * and a use whose caller was stopped between decision and record accuses nobody. Log time is rounded down to a
 * millisecond and slewed by a 2,000th at most ({@code GroupClock}); so much, and nothing else, is allowed on top.
 */
public final class UseBounds {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLEW_DIVISOR = 2_000;
    private static final Comparator<Use> BY_ASKED = Comparator.comparingLong(Use::askedNanos);
    private static final Comparator<Use> BY_ANSWERED = Comparator.comparingLong(Use::answeredNanos);

    private UseBounds() {}

    /** The span in which the most was used, compared with what was allowed in it. */
    public record Worst(long fromNanos, long toNanos, long tokens, long allowed) {
        /** Tokens over the limit, more than 0 if it was passed; else how far from it the worst span was. */
        public long over() {
            return tokens - allowed;
        }
    }

    /** What log time was, in nanoseconds, at a moment of the uses' clock. */
    public interface LogTime {
        /** It was that at least; {@code Long.MIN_VALUE} if nothing tells. */
        long leastNanos(long nanos);

        /** It was that at most; {@code Long.MAX_VALUE} if nothing tells. */
        long mostNanos(long nanos);
    }

    /** The worst span of a token bucket, of all; empty if nothing was used. */
    public static Optional<Worst> bucket(Limit limit, List<Use> uses) {
        Use[] asked = granted(uses, BY_ASKED);
        if (asked.length == 0) {
            return Optional.empty();
        }
        Use[] answered = granted(uses, BY_ANSWERED);
        long origin = asked[0].askedNanos();
        long tokenScale = Math.multiplyExact(limit.periodMillis() * MILLI, SLEW_DIVISOR);
        long refillScale = Math.multiplyExact(limit.amount(), SLEW_DIVISOR + 1);
        long[] refilled = new long[asked.length];
        for (int i = 0; i < asked.length; i++) {
            refilled[i] = Math.multiplyExact(refillScale, asked[i].askedNanos() - origin);
        }
        // By the first use of a span: what was refilled before it, and all that was used since.
        PrefixMaxima spans = new PrefixMaxima(refilled);
        long highest = Long.MIN_VALUE;
        int from = 0;
        Use to = answered[0];
        for (Use use : answered) {
            int last = lastAskedAt(asked, use.askedNanos());
            spans.add(last, Math.multiplyExact(use.tokens(), tokenScale));
            long level = spans.max(last) - Math.multiplyExact(refillScale, use.answeredNanos() - origin);
            if (level > highest) {
                highest = level;
                from = spans.argMax(last);
                to = use;
            }
        }
        return Optional.of(bucketSpan(limit, uses, asked[from].askedNanos(), to.answeredNanos()));
    }

    private static Worst bucketSpan(Limit limit, List<Use> uses, long fromNanos, long toNanos) {
        long periodNanos = limit.periodMillis() * MILLI;
        long span = toNanos - fromNanos;
        long refill = limit.amount() * (span + span / SLEW_DIVISOR + MILLI) / periodNanos;
        return new Worst(fromNanos, toNanos, within(uses, fromNanos, toNanos), limit.burst() + refill);
    }

    /** The worst span of a sliding log: of one period, less what log time may differ by. */
    public static Optional<Worst> slidingLog(Limit limit, List<Use> uses) {
        Use[] asked = granted(uses, BY_ASKED);
        Use[] answered = granted(uses, BY_ANSWERED);
        long periodNanos = limit.periodMillis() * MILLI;
        long span = periodNanos - MILLI - periodNanos / SLEW_DIVISOR;
        long inSpan = 0;
        int next = 0;
        Worst worst = null;
        for (Use first : asked) {
            long from = first.askedNanos();
            while (next < answered.length && answered[next].answeredNanos() - from <= span) {
                Use use = answered[next++];
                inSpan += use.askedNanos() >= from ? use.tokens() : 0;
            }
            if (worst == null || inSpan > worst.tokens()) {
                worst = new Worst(from, from + span, inSpan, limit.amount());
            }
            inSpan -= first.answeredNanos() - from <= span ? first.tokens() : 0;
        }
        return Optional.ofNullable(worst);
    }

    /** The worst window, of what lies in one window for certain. */
    public static Optional<Worst> fixedWindow(Limit limit, List<Use> uses, LogTime time) {
        Map<Long, List<Use>> windows = new HashMap<>();
        for (Use use : uses) {
            window(limit, use, time)
                    .ifPresent(window -> windows.computeIfAbsent(window, w -> new ArrayList<>())
                            .add(use));
        }
        return windows.values().stream()
                .map(of -> new Worst(
                        of.stream().mapToLong(Use::askedNanos).min().orElseThrow(),
                        of.stream().mapToLong(Use::answeredNanos).max().orElseThrow(),
                        of.stream().mapToLong(Use::tokens).sum(),
                        limit.amount()))
                .max(Comparator.comparingLong(Worst::tokens));
    }

    /** How many uses lie in one window for certain, and so were looked at. */
    public static long placed(Limit limit, List<Use> uses, LogTime time) {
        return uses.stream().filter(use -> window(limit, use, time).isPresent()).count();
    }

    private static OptionalLong window(Limit limit, Use use, LogTime time) {
        long periodNanos = limit.periodMillis() * MILLI;
        long least = time.leastNanos(use.askedNanos());
        long most = time.mostNanos(use.answeredNanos());
        boolean known = use.granted() && least != Long.MIN_VALUE && most != Long.MAX_VALUE;
        long window = known ? Math.floorDiv(least, periodNanos) : 0;
        return known && Math.floorDiv(most, periodNanos) == window ? OptionalLong.of(window) : OptionalLong.empty();
    }

    /** Tokens of the uses that lie in a span for certain. */
    public static long within(List<Use> uses, long fromNanos, long toNanos) {
        return uses.stream()
                .filter(u -> u.granted() && u.askedNanos() >= fromNanos && u.answeredNanos() <= toNanos)
                .mapToLong(Use::tokens)
                .sum();
    }

    private static Use[] granted(List<Use> uses, Comparator<Use> order) {
        return uses.stream().filter(Use::granted).sorted(order).toArray(Use[]::new);
    }

    /** The last use that was asked for at this moment: all before it begin spans that hold it. */
    private static int lastAskedAt(Use[] asked, long nanos) {
        int low = 0;
        int high = asked.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (asked[middle].askedNanos() <= nanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Numbers of which a prefix can be raised, and the greatest of a prefix found, in logarithmic time. */
    private static final class PrefixMaxima {
        private final int leaves;
        /** A node's greatest is the greater of its children's, and what was added to all below it. */
        private final long[] greatest;

        private final long[] added;

        PrefixMaxima(long[] numbers) {
            leaves = Integer.highestOneBit(Math.max(1, numbers.length - 1)) << 1;
            greatest = new long[2 * leaves];
            added = new long[2 * leaves];
            Arrays.fill(greatest, Long.MIN_VALUE / 2);
            System.arraycopy(numbers, 0, greatest, leaves, numbers.length);
            for (int node = leaves - 1; node >= 1; node--) {
                greatest[node] = Math.max(greatest[2 * node], greatest[2 * node + 1]);
            }
        }

        /** Adds to the numbers from the first to {@code last}. */
        void add(int last, long amount) {
            int node = leaves + last;
            raise(node, amount);
            while (node > 1) {
                if ((node & 1) == 1) {
                    raise(node - 1, amount);
                }
                node >>= 1;
                greatest[node] = Math.max(greatest[2 * node], greatest[2 * node + 1]) + added[node];
            }
        }

        private void raise(int node, long amount) {
            greatest[node] += amount;
            added[node] += amount;
        }

        /** The greatest of the numbers from the first to {@code last}. */
        long max(int last) {
            int node = leaves + last;
            long max = greatest[node];
            while (node > 1) {
                if ((node & 1) == 1) {
                    max = Math.max(max, greatest[node - 1]);
                }
                node >>= 1;
                max += added[node];
            }
            return max;
        }

        /** Where {@link #max} is. */
        int argMax(int last) {
            long max = max(last);
            int low = 0;
            int high = last; // the greatest of a prefix doesn't fall as the prefix grows
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (max(middle) == max) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }
    }
}
