package io.quorate.chaos.sim;

import io.quorate.core.quota.Limit;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/** What a counter that nobody leases from must say, exactly and by simple means: one decision after the other. */
abstract class CounterModel {
    final Limit limit;

    CounterModel(Limit limit) {
        this.limit = limit;
    }

    static CounterModel of(Limit limit) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> new Bucket(limit);
            case FIXED_WINDOW -> new Window(limit);
            case SLIDING_WINDOW -> new TwoWindows(limit);
            case SLIDING_LOG -> new Log(limit);
            case CONCURRENCY -> new Permits(limit);
        };
    }

    /** Whether a cost fits at a log time. */
    abstract boolean fits(long atMillis, long cost);

    abstract void take(long atMillis, long cost, Grant by);

    /** So many tokens of a grant come back. */
    abstract void giveBack(long atMillis, long count, Grant of);

    /** A grant as the log has it. */
    record Grant(long session, long sequence, long atMillis) {}

    /** In units of which a token is {@code price} and a millisecond pays {@code pay}: see how limits are defined. */
    private static final class Bucket extends CounterModel {
        private final long pay;
        private final long price;
        private long owed;
        private long lastMillis;

        Bucket(Limit limit) {
            super(limit);
            long a = limit.amount();
            long b = limit.periodMillis();
            while (b != 0) {
                long rest = a % b;
                a = b;
                b = rest;
            }
            pay = limit.amount() / a;
            price = limit.periodMillis() / a;
        }

        private void pass(long atMillis) {
            long millis = atMillis - lastMillis;
            owed = millis > owed / pay ? 0 : owed - millis * pay;
            lastMillis = atMillis;
        }

        @Override
        boolean fits(long atMillis, long cost) {
            pass(atMillis);
            return cost <= limit.burst() && owed + cost * price <= limit.burst() * price;
        }

        @Override
        void take(long atMillis, long cost, Grant by) {
            pass(atMillis);
            owed += cost * price;
        }

        @Override
        void giveBack(long atMillis, long count, Grant of) {
            pass(atMillis);
            long left = Math.min(count, limit.burst()) * price - (atMillis - of.atMillis()) * pay;
            owed -= Math.max(0, Math.min(owed, left));
        }
    }

    private static final class Window extends CounterModel {
        private long window = Long.MIN_VALUE;
        private long taken;

        Window(Limit limit) {
            super(limit);
        }

        private void pass(long atMillis) {
            long now = atMillis / limit.periodMillis();
            taken = now == window ? taken : 0;
            window = now;
        }

        @Override
        boolean fits(long atMillis, long cost) {
            pass(atMillis);
            return taken + cost <= limit.amount();
        }

        @Override
        void take(long atMillis, long cost, Grant by) {
            pass(atMillis);
            taken += cost;
        }

        @Override
        void giveBack(long atMillis, long count, Grant of) {
            pass(atMillis);
            if (of.atMillis() / limit.periodMillis() == window) {
                taken -= Math.min(taken, count);
            }
        }
    }

    private static final class TwoWindows extends CounterModel {
        private long window = Long.MIN_VALUE / 2;
        private long now;
        private long before;

        TwoWindows(Limit limit) {
            super(limit);
        }

        private void pass(long atMillis) {
            long at = atMillis / limit.periodMillis();
            if (at != window) {
                before = at == window + 1 ? now : 0;
                now = 0;
                window = at;
            }
        }

        @Override
        boolean fits(long atMillis, long cost) {
            pass(atMillis);
            long left = limit.periodMillis() - atMillis % limit.periodMillis();
            return now + cost <= limit.amount()
                    && (now + cost) * limit.periodMillis() + before * left <= limit.amount() * limit.periodMillis();
        }

        @Override
        void take(long atMillis, long cost, Grant by) {
            pass(atMillis);
            now += cost;
        }

        @Override
        void giveBack(long atMillis, long count, Grant of) {
            pass(atMillis);
            long then = of.atMillis() / limit.periodMillis();
            if (then == window) {
                now -= Math.min(now, count);
            } else if (then == window - 1) {
                before -= Math.min(before, count);
            }
        }
    }

    private static final class Log extends CounterModel {
        private final ArrayDeque<long[]> taken = new ArrayDeque<>();
        private long total;

        Log(Limit limit) {
            super(limit);
        }

        private void pass(long atMillis) {
            while (!taken.isEmpty() && taken.getFirst()[0] <= atMillis - limit.periodMillis()) {
                total -= taken.removeFirst()[1];
            }
        }

        @Override
        boolean fits(long atMillis, long cost) {
            pass(atMillis);
            return total + cost <= limit.amount();
        }

        @Override
        void take(long atMillis, long cost, Grant by) {
            pass(atMillis);
            taken.addLast(new long[] {atMillis, cost});
            total += cost;
        }

        @Override
        void giveBack(long atMillis, long count, Grant of) {
            pass(atMillis);
            if (of.atMillis() + limit.periodMillis() > atMillis) {
                total -= giveBack(taken, count, of.atMillis());
            }
        }
    }

    /**
     * Takes so many tokens off what was taken at a time: or, after a reset has forgiven that, off the next. Entries are
     * pairs of a time and a count.
     */
    static long giveBack(Iterable<long[]> entries, long count, long takenAtMillis) {
        long gone = 0;
        long atMillis = Long.MIN_VALUE;
        for (long[] entry : entries) {
            boolean fits = entry[0] >= takenAtMillis && entry[1] > 0;
            if (gone == count || atMillis != Long.MIN_VALUE && entry[0] != atMillis) {
                break;
            }
            if (fits) {
                atMillis = entry[0];
                long back = Math.min(count - gone, entry[1]);
                entry[1] -= back;
                gone += back;
            }
        }
        return gone;
    }

    private static final class Permits extends CounterModel {
        private final Map<Long, Map<Long, long[]>> held = new TreeMap<>();

        Permits(Limit limit) {
            super(limit);
        }

        private long active(long atMillis) {
            long sum = 0;
            for (Map<Long, long[]> session : held.values()) {
                session.values().removeIf(holder -> holder[1] <= atMillis);
                for (long[] holder : session.values()) {
                    sum += holder[0];
                }
            }
            return sum;
        }

        @Override
        boolean fits(long atMillis, long cost) {
            return active(atMillis) + cost <= limit.amount();
        }

        @Override
        void take(long atMillis, long cost, Grant by) {
            held.computeIfAbsent(by.session(), s -> new TreeMap<>())
                    .put(by.sequence(), new long[] {cost, atMillis + limit.periodMillis()});
        }

        @Override
        void giveBack(long atMillis, long count, Grant of) {
            long[] holder = held.getOrDefault(of.session(), Map.of()).get(of.sequence());
            if (holder != null) {
                holder[0] -= Math.min(holder[0], count);
            }
        }
    }
}
