package io.quorate.chaos.sim;

import io.quorate.core.quota.Limit;
import java.math.BigInteger;
import java.util.ArrayDeque;

/**
 * How much of a counter may have been used in any span, by the time of use: leases add nothing to it. Time here is the log
 * time that had been committed when something was used, since only what is committed refills anything.
 */
abstract class Stock {
    final Limit limit;

    Stock(Limit limit) {
        this.limit = limit;
    }

    /**
     * The stock of a counter's limit.
     *
     * @param earlier tokens that may have been used, or be out, under another limit, and may not be held against this one
     * @param untilMillis until when such tokens can be used
     */
    static Stock of(Limit limit, long earlier, long untilMillis, long atMillis) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> new Bucket(limit, earlier, atMillis);
            case FIXED_WINDOW, SLIDING_WINDOW -> new Window(limit, earlier, untilMillis, atMillis);
            case SLIDING_LOG -> new Log(limit, earlier, untilMillis);
            case CONCURRENCY -> new Unbounded(limit);
        };
    }

    /** Notes a use; false if it is more than the limit allows. */
    abstract boolean use(long atMillis, long tokens);

    /** Tokens that were used at a time come back. */
    abstract void giveBack(long atMillis, long tokens, long usedAtMillis);

    private static final class Bucket extends Stock {
        private final long price;
        private final long pay;
        private long left;
        private long most;
        private long lastMillis;

        Bucket(Limit limit, long earlier, long atMillis) {
            super(limit);
            long divisor = BigInteger.valueOf(limit.amount())
                    .gcd(BigInteger.valueOf(limit.periodMillis()))
                    .longValue();
            price = limit.periodMillis() / divisor;
            pay = limit.amount() / divisor;
            most = limit.burst() * price;
            left = Math.max(most, earlier * price);
            lastMillis = atMillis;
        }

        private void pass(long atMillis) {
            long room = Math.max(0, most - left);
            long millis = atMillis - lastMillis;
            left = millis > room / pay ? Math.max(left, most) : left + millis * pay;
            lastMillis = atMillis;
        }

        @Override
        boolean use(long atMillis, long tokens) {
            pass(atMillis);
            left -= tokens * price;
            return left >= 0;
        }

        @Override
        void giveBack(long atMillis, long tokens, long usedAtMillis) {
            pass(atMillis);
            left = Math.max(left, Math.min(most, left + tokens * price));
        }
    }

    private static final class Window extends Stock {
        private long window;
        private long used;
        private final long earlier;
        private final long untilMillis;

        Window(Limit limit, long earlier, long untilMillis, long atMillis) {
            super(limit);
            window = atMillis / limit.periodMillis();
            this.earlier = earlier;
            this.untilMillis = untilMillis;
        }

        private void pass(long atMillis) {
            long at = atMillis / limit.periodMillis();
            if (at != window) {
                window = at;
                used = 0;
            }
        }

        @Override
        boolean use(long atMillis, long tokens) {
            pass(atMillis);
            used += tokens;
            boolean late = window > untilMillis / limit.periodMillis();
            return used <= limit.amount() + (late ? 0 : earlier);
        }

        @Override
        void giveBack(long atMillis, long tokens, long usedAtMillis) {
            pass(atMillis);
            if (usedAtMillis / limit.periodMillis() == window) {
                used -= Math.min(used, tokens);
            }
        }
    }

    private static final class Log extends Stock {
        private final ArrayDeque<long[]> uses = new ArrayDeque<>();
        private final long untilMillis;
        private final long earlier;
        private long total;

        Log(Limit limit, long earlier, long untilMillis) {
            super(limit);
            this.earlier = earlier;
            this.untilMillis = untilMillis;
        }

        @Override
        boolean use(long atMillis, long tokens) {
            while (!uses.isEmpty() && uses.getFirst()[0] <= atMillis - limit.periodMillis()) {
                total -= uses.removeFirst()[1];
            }
            uses.addLast(new long[] {atMillis, tokens});
            total += tokens;
            return total <= limit.amount() + (atMillis - untilMillis <= limit.periodMillis() ? earlier : 0);
        }

        @Override
        void giveBack(long atMillis, long tokens, long usedAtMillis) {
            total -= CounterModel.giveBack(uses, tokens, usedAtMillis);
        }
    }

    /** Permits are held, not used up: {@link CounterModel} knows how many. */
    private static final class Unbounded extends Stock {
        Unbounded(Limit limit) {
            super(limit);
        }

        @Override
        boolean use(long atMillis, long tokens) {
            return true;
        }

        @Override
        void giveBack(long atMillis, long tokens, long usedAtMillis) {}
    }
}
