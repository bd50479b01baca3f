package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;

/**
 * A bucket's level as the fraction that it is: {@code level / unit} tokens, refilled by {@code refill} each
 * millisecond; both are period and amount, divided by what divides them both.
 */
final class BucketCounter extends CounterModel {
    private final long unit;
    private final long refill;
    private final long full;
    private long level;
    private long levelAtMillis;

    BucketCounter(Limit limit) {
        super(limit);
        long divisor = divisor(limit.amount(), limit.periodMillis());
        unit = limit.periodMillis() / divisor;
        refill = limit.amount() / divisor;
        full = Math.multiplyExact(limit.burst(), unit);
        level = full;
    }

    private static long divisor(long a, long b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    private long level(long atMillis) {
        long elapsed = atMillis - levelAtMillis;
        long missing = full - level;
        // Compared by division, so that a wait of years doesn't overflow.
        return elapsed >= missing / refill + 1 ? full : Math.min(full, level + elapsed * refill);
    }

    private void set(long newLevel, long nowMillis) {
        level = newLevel;
        levelAtMillis = nowMillis;
    }

    @Override
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().burst() && level(atMillis) >= cost * unit;
    }

    @Override
    public boolean fresh(long atMillis) {
        return level(atMillis) == full;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, level(nowMillis)) / unit;
    }

    @Override
    public long remainingScaled(long nowMillis) {
        return Math.multiplyExact(level(nowMillis), limit().periodMillis() / unit);
    }

    @Override
    public long used(long nowMillis) {
        return -Math.floorDiv(level(nowMillis) - full, unit);
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        set(level(nowMillis) - Math.multiplyExact(cost, unit), nowMillis);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence) {
        long taken = Math.multiplyExact(Math.min(count, limit().burst()), unit);
        long refilled = refilled(nowMillis - takenAtMillis);
        long now = level(nowMillis);
        long back = Math.min(Math.max(0, taken - refilled), full - now);
        set(now + back, nowMillis);
        return back / unit;
    }

    /** What flowed in meanwhile, or the whole burst if it is more. */
    private long refilled(long millis) {
        return millis > full / refill ? full : millis * refill;
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        BucketCounter bucket = (BucketCounter) previous;
        long used = bucket.full - bucket.level(nowMillis);
        // used / old unit tokens, in units of the new unit, rounded up.
        long whole = used / bucket.unit;
        long rest = used % bucket.unit;
        long exact = Math.addExact(
                Math.multiplyExact(whole, unit), -Math.floorDiv(-Math.multiplyExact(rest, unit), bucket.unit));
        set(Math.subtractExact(full, exact), nowMillis);
    }
}
