package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.math.BigInteger;

/**
 * Adds up what was taken in the running window of the epoch's grid, and that share of what was taken in the one
 * before which a window that ends now still covers.
 */
final class SlidingWindowModel extends NaiveModel {
    private final Events events = new Events();

    SlidingWindowModel(Limit limit) {
        super(limit);
    }

    private long window(long atMillis) {
        return Math.floorDiv(atMillis, limit().periodMillis());
    }

    private long count(long window) {
        return events.sum(at -> window(at) == window);
    }

    /** The estimate of what was taken in the window that ends at a time, times the period. */
    private BigInteger estimate(long atMillis) {
        long window = window(atMillis);
        BigInteger period = BigInteger.valueOf(limit().periodMillis());
        BigInteger elapsed = BigInteger.valueOf(Math.floorMod(atMillis, limit().periodMillis()));
        BigInteger running = BigInteger.valueOf(count(window)).multiply(period);
        return running.add(BigInteger.valueOf(count(window - 1)).multiply(period.subtract(elapsed)));
    }

    /** What the estimate leaves, times the period. */
    private BigInteger left(long atMillis) {
        return BigInteger.valueOf(limit().amount())
                .multiply(BigInteger.valueOf(limit().periodMillis()))
                .subtract(estimate(atMillis));
    }

    @Override
    boolean fits(long atMillis, long cost) {
        return BigInteger.valueOf(cost)
                        .multiply(BigInteger.valueOf(limit().periodMillis()))
                        .compareTo(left(atMillis))
                <= 0;
    }

    @Override
    boolean fresh(long atMillis) {
        return estimate(atMillis).signum() == 0;
    }

    @Override
    long remaining(long nowMillis) {
        return left(nowMillis)
                .max(BigInteger.ZERO)
                .divide(BigInteger.valueOf(limit().periodMillis()))
                .longValueExact();
    }

    @Override
    public long used(long nowMillis) {
        BigInteger[] whole = estimate(nowMillis).divideAndRemainder(BigInteger.valueOf(limit().periodMillis()));
        return whole[0].longValueExact() + whole[1].signum();
    }

    @Override
    void take(long nowMillis, long cost, ChargeId id) {
        events.forget(at -> window(at) < window(nowMillis) - 1);
        events.add(nowMillis, cost);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        return window(takenAtMillis) >= window(nowMillis) - 1
                ? events.remove(count, at -> window(at) == window(takenAtMillis))
                : 0;
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        SlidingWindowModel sliding = (SlidingWindowModel) previous;
        if (sliding.limit().periodMillis() == limit().periodMillis()) {
            sliding.events.forEach(events::add);
        } else {
            events.add(nowMillis, Math.min(sliding.used(nowMillis), (1L << 61) / limit().periodMillis()));
        }
    }
}
