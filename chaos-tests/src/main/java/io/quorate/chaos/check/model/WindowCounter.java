package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;

/** What was taken in the window of the epoch's grid that holds the last take. */
final class WindowCounter extends CounterModel {
    private long window = Long.MIN_VALUE;
    private long count;

    WindowCounter(Limit limit) {
        super(limit);
    }

    private long window(long atMillis) {
        return Math.floorDiv(atMillis, limit().periodMillis());
    }

    @Override
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - used(atMillis);
    }

    @Override
    public boolean fresh(long atMillis) {
        return used(atMillis) == 0;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - used(nowMillis));
    }

    @Override
    public long used(long nowMillis) {
        return window(nowMillis) == window ? count : 0;
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        count = used(nowMillis) + cost;
        window = window(nowMillis);
    }

    @Override
    public long refund(long nowMillis, long amount, long takenAtMillis, long session, long sequence) {
        if (window(takenAtMillis) != window(nowMillis)) {
            return 0;
        }
        long back = Math.min(amount, used(nowMillis));
        count -= back;
        return back;
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        long used = previous.used(nowMillis);
        if (used > 0) {
            take(nowMillis, used, 0, 0);
        }
    }
}
