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
 * <p>Exact for an amount or a period (in milliseconds) below {@value #ENTRIES_MAX}. A larger limit could need more
 * than {@value #ENTRIES_MAX} entries; there time is cut into ticks of {@code period / 4095} rounded up, and a token
 * counts as taken in the last millisecond of its tick. So it is given back up to one tick late and never early:
 * the limit still holds in any span, at the price of at most 1/4095 of the rate.
 */
final class SlidingLog implements Meter {
    /** Most entries of one log. */
    static final int ENTRIES_MAX = 4096;

    private final Limit limit;
    private final long amount;
    private final long periodMillis;
    private final long tickMillis;

    SlidingLog(Limit limit) {
        this.limit = limit;
        this.amount = limit.amount();
        this.periodMillis = limit.periodMillis();
        // Live entries lie in a span of period + tick - 1 and are a multiple of the tick apart, so they are at most
        // ceil((period + tick - 1) / tick), which is 4096 if tick >= period / 4095. Each has a token or more, so
        // an amount of up to 4096 needs no ticks.
        this.tickMillis = amount <= ENTRIES_MAX ? 1 : Rounding.divCeil(periodMillis, ENTRIES_MAX - 1);
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
                    : taken(Log.of(countedAt(nowMillis), cost), nowMillis);
        }
        if (cost <= amount - log.total()) {
            // The last entry can be later than now after a change from longer ticks.
            return taken(log.plus(Math.max(countedAt(nowMillis), log.lastAtMillis()), cost), nowMillis);
        }
        return new Verdict(
                false,
                log,
                Math.max(0, amount - log.total()),
                cost > amount ? Verdict.NEVER : retryAfter(log, nowMillis, cost),
                resetAfter(log, nowMillis));
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
        long at = countedAt(takenAtMillis);
        if (!(live instanceof Log log) || at + periodMillis <= nowMillis || log.lastAtMillis() < at) {
            return new Refund(live, 0);
        }
        int index = firstAtOrAfter(log, at);
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
     * Entries are kept, in the new limit's ticks. If the period grows, the limit holds in spans that begin after
     * the change: what was forgotten before stays forgotten.
     */
    @Override
    public CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous.limit().equals(limit)) {
            return state;
        }
        if (!(previous instanceof SlidingLog)) {
            long used = Math.min(previous.used(state, nowMillis), amount);
            return used == 0 ? Fresh.INSTANCE : Log.of(countedAt(nowMillis), used);
        }
        CounterState live = previous.settle(state, nowMillis);
        return settle(live instanceof Log log && tickMillis > 1 ? inTicks(log) : live, nowMillis);
    }

    private Log inTicks(Log log) {
        Log result = Log.of(countedAt(log.atMillis(0)), log.count(0));
        for (int i = 1; i < log.size(); i++) {
            result = result.plus(countedAt(log.atMillis(i)), log.count(i));
        }
        return result;
    }

    @Override
    public long used(CounterState state, long nowMillis) {
        return settle(state, nowMillis) instanceof Log log ? log.total() : 0;
    }

    private long countedAt(long atMillis) {
        return tickMillis == 1 ? atMillis : atMillis - Math.floorMod(atMillis, tickMillis) + tickMillis - 1;
    }
}
