package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Bucket;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;

/**
 * Token bucket and GCRA in one: a bucket that is refilled continuously is the same function as the virtual
 * scheduling form of GCRA (ITU-T I.371, Annex A; Turner, "New directions in communications", 1986), so both
 * share this arithmetic.
 */
abstract sealed class BucketMeter implements Meter, Lending permits TokenBucket, Gcra {
    /*
     * The limit's rate, amount per period, in lowest terms is l tokens per p milliseconds. What was taken and is
     * not refilled yet is the debt, counted in l-ths of a millisecond: a token costs p of them, each millisecond
     * pays back l. So every quantity is a whole number and nothing is rounded:
     *
     *     debt(now) = max(0, (tat - now) * l + remainder)          tat: theoretical arrival time of the state
     *     cost fits      iff  debt + cost * p <= burst * p
     *     after it            debt' = debt + cost * p, kept as tat = now + floor(debt' / l), remainder = debt' mod l
     *
     * Rounding is left to what is reported: remaining is rounded down, used up, times up to the first whole
     * millisecond at which the thing is true.
     */
    private final Limit limit;
    private final long paidPerMilli;
    private final long tokenCost;
    private final long capacity;

    BucketMeter(Limit limit) {
        this.limit = limit;
        long divisor = gcd(limit.amount(), limit.periodMillis());
        this.paidPerMilli = limit.amount() / divisor;
        this.tokenCost = limit.periodMillis() / divisor;
        long burstMax = Rounding.UNITS_MAX / tokenCost;
        if (limit.burst() > burstMax) {
            throw new IllegalArgumentException("burst must be at most " + burstMax + " for " + limit.amount() + " per "
                    + limit.periodMillis() + " ms, not " + limit.burst()
                    + "; lower burst, or give amount and period a larger common divisor");
        }
        this.capacity = limit.burst() * tokenCost;
    }

    @Override
    public final Limit limit() {
        return limit;
    }

    @Override
    public final Verdict acquire(CounterState state, long nowMillis, long cost, ChargeId id) {
        Meters.checkCost(cost);
        long debt = debt(state, nowMillis);
        if (cost > limit.burst()) {
            return denied(state, debt, Verdict.NEVER);
        }
        long after = debt + cost * tokenCost;
        if (after > capacity) {
            return denied(state, debt, Rounding.divCeil(after - capacity, paidPerMilli));
        }
        return new Verdict(
                true,
                owing(after, nowMillis),
                (capacity - after) / tokenCost,
                0,
                Rounding.divCeil(after, paidPerMilli));
    }

    private Verdict denied(CounterState state, long debt, long retryAfterMillis) {
        long remaining = debt >= capacity ? 0 : (capacity - debt) / tokenCost;
        return new Verdict(false, state, remaining, retryAfterMillis, Rounding.divCeil(debt, paidPerMilli));
    }

    /**
     * The exact inverse of a take, less what the bucket refilled since: that was there for others to take, and giving
     * it back as well would let more than the burst be spent at once. {@code refunded} is in whole tokens, rounded
     * down.
     *
     * <p>Why that is enough: a bucket that stops refilling while tokens are out (as the proof for leases has it) lies
     * behind this one by at most what was refilled meanwhile, and giving back into it never passes the burst.
     */
    @Override
    public final Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id) {
        Meters.checkRefund(count);
        long debt = debt(state, nowMillis);
        long taken = Math.min(count, limit.burst()) * tokenCost;
        long elapsed = nowMillis - takenAtMillis;
        if (debt == 0 || elapsed >= Rounding.divCeil(taken, paidPerMilli)) {
            return new Refund(settle(state, nowMillis), 0);
        }
        long back = Math.min(debt, taken - elapsed * paidPerMilli);
        return new Refund(back == debt ? Fresh.INSTANCE : owing(debt - back, nowMillis), back / tokenCost);
    }

    @Override
    public final CounterState settle(CounterState state, long nowMillis) {
        return debt(state, nowMillis) == 0 ? Fresh.INSTANCE : state;
    }

    /**
     * Between buckets the used tokens are kept to the fraction (rounded up to the next l-th of a millisecond).
     * If they are more than the new burst, everything is denied until they are paid back at the new rate. What
     * exact integers can't hold, which is more than the burst, is let off.
     */
    @Override
    public final CounterState adopt(Meter previous, CounterState state, long nowMillis) {
        if (previous.limit().equals(limit)) {
            return state;
        }
        long debt;
        if (previous instanceof BucketMeter bucket) {
            debt = Rounding.timesOverCeil(
                    bucket.debt(state, nowMillis), tokenCost, bucket.tokenCost, Rounding.UNITS_MAX);
        } else {
            debt = Math.min(previous.used(state, nowMillis), limit.burst()) * tokenCost;
        }
        return debt == 0 ? Fresh.INSTANCE : owing(debt, nowMillis);
    }

    @Override
    public final long used(CounterState state, long nowMillis) {
        return Rounding.divCeil(debt(state, nowMillis), tokenCost);
    }

    @Override
    public final Lending lending() {
        return this;
    }

    @Override
    public final long lastsMillisMax() {
        return Long.MAX_VALUE;
    }

    @Override
    public final long lastsMillisMax(long nowMillis) {
        return Long.MAX_VALUE;
    }

    /** Refill stops when available and outstanding tokens are the burst: the debt is never less than what is out. */
    @Override
    public final CounterState clamp(CounterState state, long nowMillis, long outstanding) {
        long least = units(outstanding);
        long debt = debt(state, nowMillis);
        if (debt >= least) {
            return debt == 0 ? Fresh.INSTANCE : state;
        }
        return owing(least, nowMillis);
    }

    @Override
    public final long available(CounterState state, long nowMillis, long outstanding) {
        long debt = debt(state, nowMillis);
        return debt >= capacity ? 0 : (capacity - debt) / tokenCost;
    }

    /** Exact up to the capacity; what exact integers can't hold, which is more than that, is let off. */
    @Override
    public final CounterState lend(CounterState state, long nowMillis, long count) {
        long debt = debt(state, nowMillis);
        return ofDebt(Math.max(debt, Math.min(Rounding.UNITS_MAX, debt + units(count))), nowMillis);
    }

    @Override
    public final CounterState giveBack(CounterState state, long nowMillis, long count) {
        return ofDebt(Math.max(0, debt(state, nowMillis) - units(count)), nowMillis);
    }

    /** Spent tokens are a debt already. */
    @Override
    public final CounterState spend(CounterState state, long atMillis, long count) {
        return state;
    }

    @Override
    public final CounterState seen(CounterState state, long nowMillis, long outstanding) {
        return state;
    }

    private long units(long tokens) {
        return tokens > Rounding.UNITS_MAX / tokenCost ? Rounding.UNITS_MAX : tokens * tokenCost;
    }

    private CounterState ofDebt(long debt, long nowMillis) {
        return debt == 0 ? Fresh.INSTANCE : owing(debt, nowMillis);
    }

    private long debt(CounterState state, long nowMillis) {
        if (state instanceof Bucket bucket) {
            // Before now nothing is owed, whatever the remainder: it is less than one millisecond pays.
            return bucket.tatMillis() < nowMillis
                    ? 0
                    : (bucket.tatMillis() - nowMillis) * paidPerMilli + bucket.remainder();
        }
        if (state instanceof Fresh) {
            return 0;
        }
        throw Meters.foreign(limit, state);
    }

    private Bucket owing(long debt, long nowMillis) {
        long millis = debt / paidPerMilli;
        return new Bucket(nowMillis + millis, debt - millis * paidPerMilli);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
