package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;

/** Adds up what was taken in the window of the epoch's grid that holds a time. */
final class FixedWindowModel extends NaiveModel {
    private final Events events = new Events();

    FixedWindowModel(Limit limit) {
        super(limit);
    }

    private long window(long atMillis) {
        return Math.floorDiv(atMillis, limit().periodMillis());
    }

    private long count(long atMillis) {
        return events.sum(at -> window(at) == window(atMillis));
    }

    @Override
    boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - count(atMillis);
    }

    @Override
    boolean fresh(long atMillis) {
        return count(atMillis) == 0;
    }

    @Override
    long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - count(nowMillis));
    }

    @Override
    public long used(long nowMillis) {
        return count(nowMillis);
    }

    @Override
    void take(long nowMillis, long cost, ChargeId id) {
        events.forget(at -> window(at) < window(nowMillis));
        events.add(nowMillis, cost);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        return window(takenAtMillis) == window(nowMillis)
                ? events.remove(count, at -> window(at) == window(nowMillis))
                : 0;
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        events.add(nowMillis, previous.used(nowMillis));
    }
}
