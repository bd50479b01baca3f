package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Sliding;
import io.quorate.core.quota.Limit;

/**
 * Up to {@code amount} tokens in a window of {@code period} milliseconds that slides, estimated from two counts:
 * what was taken in the running window of the epoch's grid, and a share of what was taken in the one before,
 * as if that had been spread evenly (Cloudflare, "How we built rate limiting capable of scaling to millions of
 * domains", 2017).
 *
 * <p>With 40 of 100 taken in the last minute and 30 in this one, 15 s into it, the estimate is
 * 30 + 40 * 45/60 = 60, and 40 more fit. The estimate is at most the amount whenever a token is granted. What was
 * really taken in a span of one period can be more if the last window's tokens were all taken at its end, but
 * less than twice the amount.
 */
final class SlidingWindow implements Meter, Lending {
    /*
     * With W the period, e how far now is into the running window, L the amount: a cost c fits iff
     *
     *     (current + c) * W + previous * (W - e) <= L * W
     *
     * in whole numbers, so nothing is rounded. What is reported rounds as everywhere: remaining down, used up,
     * times up to the first millisecond at which the thing is true.
     */
    private final Limit limit;
    private final long amount;
    private final long periodMillis;
    private final long countMax;

    SlidingWindow(Limit limit) {
        this.limit = limit;
        this.amount = limit.amount();
        this.periodMillis = limit.periodMillis();
        this.countMax = Rounding.UNITS_MAX / periodMillis;
        if (amount > countMax) {
            throw new IllegalArgumentException("amount must be at most " + countMax + " for a period of " + periodMillis
                    + " ms, not " + amount + "; lower amount or period");
        }
    }

    @Override
    public Limit limit() {
        return limit;
    }

    @Override
    public Verdict acquire(CounterState state, long nowMillis, long cost, ChargeId id) {
        Meters.checkCost(cost);
        long index = Math.floorDiv(nowMillis, periodMillis);
        long leftMillis = periodMillis - (nowMillis - index * periodMillis);
        long current = current(state, index);
        long previous = previous(state, index);
        long weighted = previous * leftMillis;
        boolean fits = cost <= amount - current && weighted <= (amount - current - cost) * periodMillis;
        if (fits) {
            long after = current + cost;
            return new Verdict(
                    true,
                    new Sliding(index, after, previous),
                    remaining(after, weighted),
                    0,
                    resetAfter(after, previous, leftMillis));
        }
        return new Verdict(
                false,
                state,
                remaining(current, weighted),
                retryAfter(current, previous, leftMillis, cost),
                resetAfter(current, previous, leftMillis));
    }

    private long remaining(long current, long weighted) {
        return Math.max(0, amount - current - Rounding.divCeil(weighted, periodMillis));
    }

    private long retryAfter(long current, long previous, long leftMillis, long cost) {
        if (cost > amount) {
            return Verdict.NEVER;
        }
        if (cost <= amount - current) {
            // Still in this window, or at the start of the next: as soon as previous * left <= (L - current - c) * W.
            return leftMillis - (amount - current - cost) * periodMillis / previous;
        }
        // In the next window, where current is previous: as soon as current * left <= (L - c) * W.
        return leftMillis + Math.max(0, periodMillis - (amount - cost) * periodMillis / current);
    }

    private long resetAfter(long current, long previous, long leftMillis) {
        if (current > 0) {
            return leftMillis + periodMillis;
        }
        return previous > 0 ? leftMillis : 0;
    }

    /** Takes off what was taken in the running window or in the one before; an earlier one changes nothing. */
    @Override
    public Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id) {
        Meters.checkRefund(count);
        long index = Math.floorDiv(nowMillis, periodMillis);
        long takenIndex = Math.floorDiv(takenAtMillis, periodMillis);
        long current = current(state, index);
        long previous = previous(state, index);
        long refunded = 0;
        if (takenIndex == index) {
            refunded = Math.min(count, current);
            current -= refunded;
        } else if (takenIndex == index - 1) {
            refunded = Math.min(count, previous);
            previous -= refunded;
        }
        return new Refund(stateOf(index, current, previous), refunded);
    }

    @Override
    public CounterState settle(CounterState state, long nowMillis) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        if (state instanceof Sliding sliding && sliding.index() == index) {
            return sliding.current() == 0 && sliding.previous() == 0 ? Fresh.INSTANCE : state;
        }
        return stateOf(index, current(state, index), previous(state, index));
    }

    /**
     * Both counts are kept if the period stays; else what the estimate says was used goes on as the running
     * window's count. What exact integers can't hold, which is more than the amount, is let off.
     */
    @Override
    public CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous.limit().equals(limit)) {
            return state;
        }
        long index = Math.floorDiv(nowMillis, periodMillis);
        if (!(previous instanceof SlidingWindow)) {
            return stateOf(index, Math.min(previous.used(state, nowMillis), amount), 0);
        }
        if (previous.limit().periodMillis() == periodMillis) {
            // Counts fit: they fitted under the same period.
            return stateOf(index, current(state, index), previous(state, index));
        }
        return stateOf(index, Math.min(previous.used(state, nowMillis), countMax), 0);
    }

    @Override
    public long used(CounterState state, long nowMillis) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        long leftMillis = periodMillis - (nowMillis - index * periodMillis);
        return current(state, index) + Rounding.divCeil(previous(state, index) * leftMillis, periodMillis);
    }

    @Override
    public Lending lending() {
        return this;
    }

    @Override
    public long lastsMillisMax() {
        return periodMillis - 1;
    }

    /**
     * To the window's end; a millisecond less, because log time is a clock rounded down. Within a window the weight of
     * the last one only falls, so what fits when it is lent fits when it is spent.
     */
    @Override
    public long lastsMillisMax(long nowMillis) {
        return periodMillis - 1 - Math.floorMod(nowMillis, periodMillis);
    }

    /** A lease from before the limit changed may outlive its window: it then counts in each that it may be spent in. */
    @Override
    public CounterState clamp(CounterState state, long nowMillis, long outstanding) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        long least = Math.min(countMax, outstanding);
        return current(state, index) < least
                ? new Sliding(index, least, previous(state, index))
                : settle(state, nowMillis);
    }

    @Override
    public long available(CounterState state, long nowMillis, long outstanding) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        long leftMillis = periodMillis - (nowMillis - index * periodMillis);
        return remaining(current(state, index), previous(state, index) * leftMillis);
    }

    /** Exact up to the amount; what exact integers can't hold, which is more than that, is let off. */
    @Override
    public CounterState lend(CounterState state, long nowMillis, long count) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        long after = Math.min(countMax, current(state, index) + count);
        return stateOf(index, after, previous(state, index));
    }

    @Override
    public CounterState giveBack(CounterState state, long nowMillis, long count) {
        long index = Math.floorDiv(nowMillis, periodMillis);
        return stateOf(index, Math.max(0, current(state, index) - count), previous(state, index));
    }

    /** Spent tokens are counted already. */
    @Override
    public CounterState spend(CounterState state, long atMillis, long count) {
        return state;
    }

    @Override
    public CounterState seen(CounterState state, long nowMillis, long outstanding) {
        return state;
    }

    private static CounterState stateOf(long index, long current, long previous) {
        return current == 0 && previous == 0 ? Fresh.INSTANCE : new Sliding(index, current, previous);
    }

    private long current(CounterState state, long index) {
        if (state instanceof Sliding sliding) {
            return sliding.index() == index ? sliding.current() : 0;
        }
        if (state instanceof Fresh) {
            return 0;
        }
        throw Meters.foreign(limit, state);
    }

    private static long previous(CounterState state, long index) {
        if (state instanceof Sliding sliding) {
            if (sliding.index() == index) {
                return sliding.previous();
            }
            return sliding.index() == index - 1 ? sliding.current() : 0;
        }
        return 0;
    }
}
