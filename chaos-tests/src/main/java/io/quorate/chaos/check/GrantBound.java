package io.quorate.chaos.check;

import io.quorate.core.quota.Limit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * S1 of one counter under one limit: the bound by log time, of grants as they were acknowledged. It knows nothing of
 * how the algorithm decides, only what it promises, so it begins anew when the limit changes.
 */
abstract class GrantBound {
    final Limit limit;

    GrantBound(Limit limit) {
        this.limit = limit;
    }

    static GrantBound of(Limit limit) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> new Bucket(limit);
            case FIXED_WINDOW -> new Window(limit);
            case SLIDING_WINDOW -> new Estimate(limit);
            case SLIDING_LOG -> new Span(limit);
            case CONCURRENCY -> new Held(limit);
        };
    }

    /** Whether a grant of {@code cost} still is within the bound; it counts in any case. */
    abstract boolean granted(long atMillis, long cost, long session, long sequence);

    /** Tokens of an earlier grant were given back. */
    abstract void refunded(long atMillis, Replay.Given given);

    /** For all s and t: what was granted in (s, t] is at most burst + rate * (t - s). One pass. */
    private static final class Bucket extends GrantBound {
        private long origin = Long.MIN_VALUE;
        private long net;
        private long least;

        Bucket(Limit limit) {
            super(limit);
        }

        @Override
        boolean granted(long atMillis, long cost, long session, long sequence) {
            pass(atMillis);
            net = Math.addExact(net, Math.multiplyExact(cost, limit.periodMillis()));
            return net - refill(atMillis) - least <= Math.multiplyExact(limit.burst(), limit.periodMillis());
        }

        @Override
        void refunded(long atMillis, Replay.Given given) {
            pass(atMillis);
            // By parts of a token, if meanwhile it was partly refilled.
            net -= given.scaled();
        }

        private void pass(long atMillis) {
            if (origin == Long.MIN_VALUE) {
                origin = atMillis;
                least = 0;
            }
            least = Math.min(least, net - refill(atMillis));
        }

        private long refill(long atMillis) {
            return Math.multiplyExact(atMillis - origin, limit.amount());
        }
    }

    /** In each window of the grid at most the amount. */
    private static final class Window extends GrantBound {
        private long window = Long.MIN_VALUE;
        private long net;

        Window(Limit limit) {
            super(limit);
        }

        @Override
        boolean granted(long atMillis, long cost, long session, long sequence) {
            long at = Math.floorDiv(atMillis, limit.periodMillis());
            net = at == window ? net + cost : cost;
            window = at;
            return net <= limit.amount();
        }

        @Override
        void refunded(long atMillis, Replay.Given given) {
            if (Math.floorDiv(given.takenAtMillis(), limit.periodMillis()) == window) {
                net -= given.tokens();
            }
        }
    }

    /** The published formula, at every grant: the running window and a share of the one before. */
    private static final class Estimate extends GrantBound {
        private final Map<Long, Long> windows = new HashMap<>();

        Estimate(Limit limit) {
            super(limit);
        }

        @Override
        boolean granted(long atMillis, long cost, long session, long sequence) {
            long period = limit.periodMillis();
            long at = Math.floorDiv(atMillis, period);
            windows.keySet().removeIf(window -> window < at - 1);
            windows.merge(at, cost, Long::sum);
            long share = Math.multiplyExact(windows.getOrDefault(at - 1, 0L), period - Math.floorMod(atMillis, period));
            return Math.addExact(Math.multiplyExact(windows.getOrDefault(at, 0L), period), share)
                    <= Math.multiplyExact(limit.amount(), period);
        }

        @Override
        void refunded(long atMillis, Replay.Given given) {
            windows.computeIfPresent(
                    Math.floorDiv(given.takenAtMillis(), limit.periodMillis()), (at, sum) -> sum - given.tokens());
        }
    }

    /** In every span of one period at most the amount. */
    private static final class Span extends GrantBound {
        private static final class Take {
            private final long atMillis;
            private long count;

            Take(long atMillis, long count) {
                this.atMillis = atMillis;
                this.count = count;
            }
        }

        private final ArrayDeque<Take> takes = new ArrayDeque<>();
        private long net;

        Span(Limit limit) {
            super(limit);
        }

        @Override
        boolean granted(long atMillis, long cost, long session, long sequence) {
            while (!takes.isEmpty() && takes.getFirst().atMillis <= atMillis - limit.periodMillis()) {
                net -= takes.removeFirst().count;
            }
            takes.addLast(new Take(atMillis, cost));
            net += cost;
            return net <= limit.amount();
        }

        @Override
        void refunded(long atMillis, Replay.Given given) {
            long left = given.tokens();
            for (Take take : takes) {
                if (take.atMillis >= given.takenAtMillis() && left > 0) {
                    long off = Math.min(left, take.count);
                    take.count -= off;
                    net -= off;
                    left -= off;
                }
            }
        }
    }

    /** At every index at most the amount is held. */
    private static final class Held extends GrantBound {
        private record Holder(long session, long sequence) {}

        private record Permits(long count, long expiresAtMillis) {}

        private final Map<Holder, Permits> holders = new HashMap<>();

        Held(Limit limit) {
            super(limit);
        }

        @Override
        boolean granted(long atMillis, long cost, long session, long sequence) {
            holders.values().removeIf(permits -> permits.expiresAtMillis() <= atMillis);
            holders.put(new Holder(session, sequence), new Permits(cost, atMillis + limit.periodMillis()));
            return holders.values().stream().mapToLong(Permits::count).sum() <= limit.amount();
        }

        @Override
        void refunded(long atMillis, Replay.Given given) {
            holders.computeIfPresent(
                    new Holder(given.session(), given.sequence()),
                    (holder, held) -> held.count() == given.tokens()
                            ? null
                            : new Permits(held.count() - given.tokens(), held.expiresAtMillis()));
        }
    }
}
