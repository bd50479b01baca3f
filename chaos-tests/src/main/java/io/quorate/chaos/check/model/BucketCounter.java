package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;

/** A bucket's level as the fraction that it is: {@code level / period} tokens, refilled by {@code amount} each ms. */
final class BucketCounter extends CounterModel {
    private final long full;
    private long level;
    private long levelAtMillis;

    BucketCounter(Limit limit) {
        super(limit);
        full = Math.multiplyExact(limit.burst(), limit.periodMillis());
        level = full;
    }

    private long level(long atMillis) {
        long elapsed = atMillis - levelAtMillis;
        long missing = full - level;
        // Compared by division, so that a wait of years doesn't overflow.
        return elapsed >= missing / limit().amount() + 1 ? full : Math.min(full, level + elapsed * limit().amount());
    }

    private void set(long newLevel, long nowMillis) {
        level = newLevel;
        levelAtMillis = nowMillis;
    }

    @Override
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().burst() && level(atMillis) >= cost * limit().periodMillis();
    }

    @Override
    public boolean fresh(long atMillis) {
        return level(atMillis) == full;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, level(nowMillis)) / limit().periodMillis();
    }

    @Override
    public long used(long nowMillis) {
        return -Math.floorDiv(level(nowMillis) - full, limit().periodMillis());
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        set(level(nowMillis) - Math.multiplyExact(cost, limit().periodMillis()), nowMillis);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence) {
        long taken = Math.multiplyExact(Math.min(count, limit().burst()), limit().periodMillis());
        long refilled = refilled(nowMillis - takenAtMillis);
        long now = level(nowMillis);
        long back = Math.min(Math.max(0, taken - refilled), full - now);
        set(now + back, nowMillis);
        return back / limit().periodMillis();
    }

    /** What flowed in meanwhile, or the whole burst if it is more. */
    private long refilled(long millis) {
        return millis > full / limit().amount() ? full : millis * limit().amount();
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        BucketCounter bucket = (BucketCounter) previous;
        long used = bucket.full - bucket.level(nowMillis);
        // used / old period tokens, in units of the new period, rounded up.
        long whole = used / bucket.limit().periodMillis();
        long rest = used % bucket.limit().periodMillis();
        long period = limit().periodMillis();
        long exact = Math.addExact(
                Math.multiplyExact(whole, period),
                -Math.floorDiv(-Math.multiplyExact(rest, period), bucket.limit().periodMillis()));
        set(Math.subtractExact(full, exact), nowMillis);
    }
}
