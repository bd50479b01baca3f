package io.quorate.core.algorithm.model;

import static java.math.BigInteger.ZERO;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.math.BigInteger;

/**
 * A bucket with a fill level, as the fraction that it is: {@code level / unit} tokens, where a unit is
 * {@code period} over the greatest common divisor of period and amount.
 */
final class BucketModel extends NaiveModel {
    private final BigInteger unit;
    private final BigInteger refillPerMilli;
    private final BigInteger full;
    private BigInteger level;
    private long levelAtMillis;

    BucketModel(Limit limit) {
        super(limit);
        BigInteger amount = BigInteger.valueOf(limit.amount());
        BigInteger period = BigInteger.valueOf(limit.periodMillis());
        BigInteger divisor = amount.gcd(period);
        this.unit = period.divide(divisor);
        this.refillPerMilli = amount.divide(divisor);
        this.full = BigInteger.valueOf(limit.burst()).multiply(unit);
        this.level = full;
    }

    @Override
    boolean fits(long atMillis, long cost) {
        return level(atMillis).compareTo(BigInteger.valueOf(cost).multiply(unit)) >= 0;
    }

    @Override
    boolean fresh(long atMillis) {
        return level(atMillis).equals(full);
    }

    @Override
    long remaining(long nowMillis) {
        return level(nowMillis).max(ZERO).divide(unit).longValueExact();
    }

    @Override
    public long used(long nowMillis) {
        return ceil(full.subtract(level(nowMillis)), unit).longValueExact();
    }

    @Override
    void take(long nowMillis, long cost, ChargeId id) {
        set(level(nowMillis).subtract(BigInteger.valueOf(cost).multiply(unit)), nowMillis);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        BigInteger refilled = BigInteger.valueOf(nowMillis - takenAtMillis).multiply(refillPerMilli);
        BigInteger back = BigInteger.valueOf(count)
                .multiply(unit)
                .min(full)
                .subtract(refilled)
                .max(ZERO)
                .min(full.subtract(level(nowMillis)));
        set(level(nowMillis).add(back), nowMillis);
        return back.divide(unit).longValueExact();
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        BucketModel bucket = (BucketModel) previous;
        BigInteger used = bucket.full.subtract(bucket.level(nowMillis));
        BigInteger exact = ceil(used.multiply(unit), bucket.unit);
        set(full.subtract(exact.min(BigInteger.ONE.shiftLeft(61))), nowMillis);
    }

    private BigInteger level(long atMillis) {
        BigInteger elapsed = BigInteger.valueOf(atMillis).subtract(BigInteger.valueOf(levelAtMillis));
        return level.add(elapsed.multiply(refillPerMilli)).min(full);
    }

    private void set(BigInteger newLevel, long nowMillis) {
        level = newLevel;
        levelAtMillis = nowMillis;
    }

    private static BigInteger ceil(BigInteger dividend, BigInteger divisor) {
        return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
    }
}
