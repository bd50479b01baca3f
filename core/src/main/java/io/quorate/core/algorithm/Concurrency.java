package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Permits;
import io.quorate.core.quota.Limit;

/**
 * Up to {@code amount} permits held at once: an acquire holds its cost until it is refunded, which is how permits
 * are released, or until {@code period} milliseconds have passed, so that a holder that died doesn't hold for ever
 * (a semaphore with the lease of Gray and Cheriton, "Leases", 1989).
 *
 * <p>Nothing is rounded. A permit taken at {@code t} is free again at {@code t + period}. A holder that works longer
 * than the period works without a permit: choose a period above the longest operation. {@code retryAfter} is when
 * permits free themselves; a release makes it sooner.
 */
final class Concurrency implements Meter, Lending {
    /** Holds what was used when a counter changed to this algorithm; no session has the number 0. */
    static final ChargeId NOBODY = new ChargeId(0, 0);

    private final Limit limit;
    private final long amount;
    private final long periodMillis;

    Concurrency(Limit limit) {
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
        if (!(live instanceof Permits held)) {
            return cost > amount
                    ? new Verdict(false, live, amount, Verdict.NEVER, 0)
                    : taken(Permits.of(id, cost, nowMillis + periodMillis), nowMillis);
        }
        if (cost <= amount - held.total()) {
            return taken(held.plus(id, cost, nowMillis + periodMillis), nowMillis);
        }
        return new Verdict(
                false,
                held,
                Math.max(0, amount - held.total()),
                cost > amount ? Verdict.NEVER : retryAfter(held, nowMillis, cost),
                resetAfter(held, nowMillis));
    }

    private Verdict taken(Permits held, long nowMillis) {
        return new Verdict(true, held, amount - held.total(), 0, resetAfter(held, nowMillis));
    }

    private long retryAfter(Permits held, long nowMillis, long cost) {
        long missing = cost - (amount - held.total());
        int index = 0;
        for (long freed = held.count(0); freed < missing; freed += held.count(index)) {
            index++;
        }
        return held.expiresAtMillis(index) - nowMillis;
    }

    private static long resetAfter(Permits held, long nowMillis) {
        return held.expiresAtMillis(held.size() - 1) - nowMillis;
    }

    /** Releases permits of the acquire {@code id}; if they expired, changes nothing. */
    @Override
    public Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id) {
        Meters.checkRefund(count);
        CounterState live = settle(state, nowMillis);
        int index = live instanceof Permits held ? held.indexOf(id) : -1;
        if (index < 0 || !(live instanceof Permits held)) {
            return new Refund(live, 0);
        }
        long refunded = Math.min(count, held.count(index));
        return new Refund(refunded == held.total() ? Fresh.INSTANCE : held.minus(index, refunded), refunded);
    }

    @Override
    public CounterState settle(CounterState state, long nowMillis) {
        if (state instanceof Fresh) {
            return state;
        }
        if (!(state instanceof Permits held)) {
            throw Meters.foreign(limit, state);
        }
        if (held.expiresAtMillis(held.size() - 1) <= nowMillis) {
            return Fresh.INSTANCE;
        }
        int expired = 0;
        while (held.expiresAtMillis(expired) <= nowMillis) {
            expired++;
        }
        return held.withoutFirst(expired);
    }

    /**
     * Holders are kept, each until the end that it was granted; nothing is granted until fewer are held than the
     * new amount. What another kind of limit had used is held by nobody, for one period.
     */
    @Override
    public CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous instanceof Concurrency) {
            return previous.limit().equals(limit) ? state : settle(state, nowMillis);
        }
        long used = Math.min(previous.used(state, nowMillis), amount);
        return used == 0 ? Fresh.INSTANCE : Permits.of(NOBODY, used, nowMillis + periodMillis);
    }

    @Override
    public long used(CounterState state, long nowMillis) {
        return settle(state, nowMillis) instanceof Permits held ? held.total() : 0;
    }

    /**
     * Permits aren't lent. A permit counts operations that run, so who holds some must keep them until the last of
     * its operations has ended, which no time bounds: after an expiry its operations and those of the next holder
     * would run at once. An acquire names its holder, and is a lease of its own.
     */
    @Override
    public Lending lending() {
        return this;
    }

    @Override
    public long lastsMillisMax() {
        return 0;
    }

    @Override
    public long lastsMillisMax(long nowMillis) {
        return 0;
    }

    @Override
    public CounterState clamp(CounterState state, long nowMillis, long outstanding) {
        return settle(state, nowMillis);
    }

    @Override
    public long available(CounterState state, long nowMillis, long outstanding) {
        return 0;
    }

    /** For what was out when a counter changed to this algorithm: as what was used, it is held by nobody. */
    @Override
    public CounterState lend(CounterState state, long nowMillis, long count) {
        CounterState live = settle(state, nowMillis);
        long held = Math.min(count, amount - used(live, nowMillis));
        if (held <= 0) {
            return live;
        }
        return live instanceof Permits permits
                ? permits.plus(NOBODY, held, nowMillis + periodMillis)
                : Permits.of(NOBODY, held, nowMillis + periodMillis);
    }

    @Override
    public CounterState giveBack(CounterState state, long nowMillis, long count) {
        return state;
    }

    @Override
    public CounterState spend(CounterState state, long atMillis, long count) {
        return state;
    }

    @Override
    public CounterState seen(CounterState state, long nowMillis, long outstanding) {
        return state;
    }
}
