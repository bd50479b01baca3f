package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.Limit;

/**
 * Never more than {@code amount} tokens in any span of {@code period} milliseconds: every take is remembered until
 * it is one period old. A token taken at {@code t} counts in the log times from {@code t} on and before
 * {@code t + period}.
 *
 * <p>Exact as long as the takes of one period stand at no more than {@value #ENTRIES_MAX} different times. When there
 * are more, those in one cell of {@code period / 2048} (rounded up) become one, taken at the last of their times: so a
 * token is given back less than a cell late and never early, and the limit still holds in any span.
 */
final class SlidingLog implements Meter, Lending {
    /** Most entries of one log. */
    static final int ENTRIES_MAX = 4096;

    private static final int LEASES_PER_PERIOD = 8;

    private final Limit limit;
    private final long amount;
    private final long periodMillis;

    SlidingLog(Limit limit) {
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
        CounterState live = settle(state, nowMillis);
        if (!(live instanceof Log log)) {
            return cost > amount
                    ? new Verdict(false, live, amount, Verdict.NEVER, 0)
                    : taken(Log.of(nowMillis, cost), nowMillis);
        }
        if (cost <= amount - log.total()) {
            return taken(bounded(log.plus(nowMillis, cost)), nowMillis);
        }
        return new Verdict(
                false,
                log,
                Math.max(0, amount - log.total()),
                cost > amount ? Verdict.NEVER : retryAfter(log, nowMillis, cost),
                resetAfter(log, nowMillis));
    }

    /**
     * Cells are a fixed grid, so an entry is merged into later ones of its cell and never beyond, however often.
     * Merging whatever is oldest would make an entry that moves on with the others and is never old enough to leave.
     */
    private Log bounded(Log log) {
        return log.size() <= ENTRIES_MAX ? log : log.mergedInCells(Rounding.divCeil(periodMillis, ENTRIES_MAX / 2));
    }

    private Verdict taken(Log log, long nowMillis) {
        return new Verdict(true, log, amount - log.total(), 0, resetAfter(log, nowMillis));
    }

    private long retryAfter(Log log, long nowMillis, long cost) {
        long missing = cost - (amount - log.total());
        int index = 0;
        for (long freed = log.count(0); freed < missing; freed += log.count(index)) {
            index++;
        }
        return log.atMillis(index) + periodMillis - nowMillis;
    }

    private long resetAfter(Log log, long nowMillis) {
        return log.lastAtMillis() + periodMillis - nowMillis;
    }

    /**
     * Takes off the entry of that time; if entries were merged since, off the first later one, where the tokens
     * now count. A refund of what is one period old changes nothing.
     */
    @Override
    public Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id) {
        Meters.checkRefund(count);
        CounterState live = settle(state, nowMillis);
        if (!(live instanceof Log log)
                || takenAtMillis + periodMillis <= nowMillis
                || log.lastAtMillis() < takenAtMillis) {
            return new Refund(live, 0);
        }
        int index = firstAtOrAfter(log, takenAtMillis);
        long refunded = Math.min(count, log.count(index));
        return new Refund(refunded == log.total() ? Fresh.INSTANCE : log.minus(index, refunded), refunded);
    }

    private static int firstAtOrAfter(Log log, long atMillis) {
        int low = 0;
        int high = log.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (log.atMillis(middle) < atMillis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public CounterState settle(CounterState state, long nowMillis) {
        if (state instanceof Fresh) {
            return state;
        }
        if (!(state instanceof Log log)) {
            throw Meters.foreign(limit, state);
        }
        long gone = nowMillis - periodMillis;
        if (log.lastAtMillis() <= gone) {
            return Fresh.INSTANCE;
        }
        int expired = 0;
        while (log.atMillis(expired) <= gone) {
            expired++;
        }
        return log.withoutOldest(expired);
    }

    /**
     * Entries are kept. If the period grows, the limit holds in spans that begin after the change: what was forgotten
     * before stays forgotten.
     */
    @Override
    public CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous.limit().equals(limit)) {
            return state;
        }
        if (!(previous instanceof SlidingLog)) {
            long used = Math.min(previous.used(state, nowMillis), amount);
            return used == 0 ? Fresh.INSTANCE : Log.of(nowMillis, used);
        }
        return settle(previous.settle(state, nowMillis), nowMillis);
    }

    @Override
    public long used(CounterState state, long nowMillis) {
        return settle(state, nowMillis) instanceof Log log ? log.total() : 0;
    }

    @Override
    public Lending lending() {
        return this;
    }

    /** An eighth of the period: what is held counts for so much longer than what is taken at once. */
    @Override
    public long lastsMillisMax() {
        return periodMillis / LEASES_PER_PERIOD;
    }

    @Override
    public long lastsMillisMax(long nowMillis) {
        return periodMillis / LEASES_PER_PERIOD;
    }

    /** What is out isn't in the log, and counts for as long as it is out. */
    @Override
    public CounterState clamp(CounterState state, long nowMillis, long outstanding) {
        return settle(state, nowMillis);
    }

    @Override
    public long available(CounterState state, long nowMillis, long outstanding) {
        return Math.max(0, amount - used(state, nowMillis) - outstanding);
    }

    @Override
    public CounterState lend(CounterState state, long nowMillis, long count) {
        return state;
    }

    @Override
    public CounterState giveBack(CounterState state, long nowMillis, long count) {
        return state;
    }

    /** Taken at the last time at which they can have been spent. */
    @Override
    public CounterState spend(CounterState state, long atMillis, long count) {
        if (count == 0) {
            return state;
        }
        return settle(state, atMillis) instanceof Log log
                ? bounded(log.plus(Math.max(atMillis, log.lastAtMillis()), count))
                : Log.of(atMillis, count);
    }

    @Override
    public CounterState seen(CounterState state, long nowMillis, long outstanding) {
        return spend(state, nowMillis, outstanding);
    }
}
