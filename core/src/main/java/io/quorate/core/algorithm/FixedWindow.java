package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Limit;

/**
 * Up to {@code amount} tokens in each window of {@code period} milliseconds; windows are aligned to the Unix
 * epoch, so one of 60,000 ms is a minute of UTC.
 *
 * <p>Nothing is rounded: a window holds the log times from {@code index * period} on and before
 * {@code (index + 1) * period}. A span that lies across an edge can see up to twice the amount, half of it at the
 * end of one window and half at the start of the next; where that matters, use a sliding log.
 */
final class FixedWindow implements Meter, Lending {
    private final Limit limit;
    private final long amount;
    private final long periodMillis;

    FixedWindow(Limit limit) {
        this.limit = limit;
        this.amount = limit.amount();
        this.periodMillis = limit.periodMillis();
    }

    @Override
    public Limit limit() {
        return limit;
    }

    @Override
    public Verdict acquire(CounterState state, long nowMillis, long cost, ChargeId id) {
        Meters.checkCost(cost);
        long index = index(nowMillis);
        long count = count(state, index);
        long leftMillis = periodMillis - (nowMillis - index * periodMillis);
        if (cost <= amount - count) {
            return new Verdict(true, new Window(index, count + cost), amount - count - cost, 0, leftMillis);
        }
        return new Verdict(
                false,
                state,
                Math.max(0, amount - count),
                cost > amount ? Verdict.NEVER : leftMillis,
                count == 0 ? 0 : leftMillis);
    }

    /** Takes off what was taken in the window that still runs; a refund of an earlier one changes nothing. */
    @Override
    public Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id) {
        Meters.checkRefund(count);
        long index = index(nowMillis);
        long taken = count(state, index);
        long refunded = index(takenAtMillis) == index ? Math.min(count, taken) : 0;
        long rest = taken - refunded;
        return new Refund(rest == 0 ? Fresh.INSTANCE : new Window(index, rest), refunded);
    }

    @Override
    public CounterState settle(CounterState state, long nowMillis) {
        return count(state, index(nowMillis)) == 0 ? Fresh.INSTANCE : state;
    }

    /** The count goes on in the window that holds now, also if windows have another length from now on. */
    @Override
    public CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous.limit().equals(limit)) {
            return state;
        }
        long used = previous.used(state, nowMillis);
        long count = previous instanceof FixedWindow ? used : Math.min(used, amount);
        return count == 0 ? Fresh.INSTANCE : new Window(index(nowMillis), count);
    }

    @Override
    public long used(CounterState state, long nowMillis) {
        return count(state, index(nowMillis));
    }

    @Override
    public Lending lending() {
        return this;
    }

    @Override
    public long lastsMillisMax() {
        return periodMillis - 1;
    }

    /** To the window's end; a millisecond less, because log time is a clock rounded down. */
    @Override
    public long lastsMillisMax(long nowMillis) {
        return periodMillis - 1 - Math.floorMod(nowMillis, periodMillis);
    }

    /** A lease from before the limit changed may outlive its window: it then counts in each that it may be spent in. */
    @Override
    public CounterState clamp(CounterState state, long nowMillis, long outstanding) {
        long index = index(nowMillis);
        return count(state, index) < outstanding ? new Window(index, outstanding) : settle(state, nowMillis);
    }

    @Override
    public long available(CounterState state, long nowMillis, long outstanding) {
        return Math.max(0, amount - count(state, index(nowMillis)));
    }

    @Override
    public CounterState lend(CounterState state, long nowMillis, long count) {
        long index = index(nowMillis);
        long after = count(state, index) + count;
        return after == 0 ? Fresh.INSTANCE : new Window(index, after);
    }

    @Override
    public CounterState giveBack(CounterState state, long nowMillis, long count) {
        long index = index(nowMillis);
        long after = count(state, index) - count;
        return after <= 0 ? Fresh.INSTANCE : new Window(index, after);
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

    private long index(long atMillis) {
        return Math.floorDiv(atMillis, periodMillis);
    }

    private long count(CounterState state, long index) {
        if (state instanceof Window window) {
            return window.index() == index ? window.count() : 0;
        }
        if (state instanceof Fresh) {
            return 0;
        }
        throw Meters.foreign(limit, state);
    }
}
