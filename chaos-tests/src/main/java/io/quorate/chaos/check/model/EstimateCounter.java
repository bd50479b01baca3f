package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;

/**
 * What was taken in the running window of the epoch's grid, and that share of what was taken in the one before which a
 * window that ends now still covers.
 */
final class EstimateCounter extends CounterModel {
    private long window = Long.MIN_VALUE / 2;
    private long running;
    private long before;

    EstimateCounter(Limit limit) {
        super(limit);
        // The largest estimate, and a cost that is compared with it, must be whole numbers.
        Math.multiplyExact(2 * limit.amount(), limit.periodMillis());
    }

    private long window(long atMillis) {
        return Math.floorDiv(atMillis, limit().periodMillis());
    }

    /** The count of a window of the grid, of which the last two with takes are known. */
    private long count(long ofWindow) {
        return ofWindow == window ? running : ofWindow == window - 1 ? before : 0;
    }

    /** The estimate, times the period. */
    private long estimate(long atMillis) {
        long at = window(atMillis);
        long period = limit().periodMillis();
        long elapsed = Math.floorMod(atMillis, period);
        return Math.addExact(
                Math.multiplyExact(count(at), period), Math.multiplyExact(count(at - 1), period - elapsed));
    }

    private long left(long atMillis) {
        return limit().amount() * limit().periodMillis() - estimate(atMillis);
    }

    @Override
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() && cost * limit().periodMillis() <= left(atMillis);
    }

    @Override
    public boolean fresh(long atMillis) {
        return estimate(atMillis) == 0;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, left(nowMillis)) / limit().periodMillis();
    }

    @Override
    public long used(long nowMillis) {
        return -Math.floorDiv(-estimate(nowMillis), limit().periodMillis());
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        turn(window(nowMillis));
        running += cost;
    }

    private void turn(long to) {
        if (to != window) {
            long last = count(to - 1);
            running = 0;
            before = last;
            window = to;
        }
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence) {
        long taken = window(takenAtMillis);
        if (taken < window(nowMillis) - 1) {
            return 0;
        }
        turn(window(nowMillis));
        long back = Math.min(count, count(taken));
        if (taken == window) {
            running -= back;
        } else {
            before -= back;
        }
        return back;
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        EstimateCounter other = (EstimateCounter) previous;
        if (other.limit().periodMillis() == limit().periodMillis()) {
            window = other.window;
            running = other.running;
            before = other.before;
        } else {
            long used = Math.min(other.used(nowMillis), (1L << 61) / limit().periodMillis());
            if (used > 0) {
                take(nowMillis, used, 0, 0);
            }
        }
    }
}
