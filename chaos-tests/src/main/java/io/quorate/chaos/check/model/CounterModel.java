package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;

/**
 * One counter under one limit.
 *
 * <p>Mutable; times are log times and don't go back from call to call. Whole numbers are exact: a limit too large for
 * them ends in an {@link ArithmeticException}, never in a wrong answer.
 */
public abstract class CounterModel {
    private final Limit limit;

    CounterModel(Limit limit) {
        this.limit = limit;
    }

    /** A counter from which nothing was ever taken. */
    public static CounterModel of(Limit limit) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> new BucketCounter(limit);
            case FIXED_WINDOW -> new WindowCounter(limit);
            case SLIDING_WINDOW -> new EstimateCounter(limit);
            case SLIDING_LOG -> new LogCounter(limit);
            case CONCURRENCY -> new PermitCounter(limit);
        };
    }

    public final Limit limit() {
        return limit;
    }

    /** Whether {@code cost} could be taken at {@code atMillis} if nothing else is taken before. */
    public abstract boolean fits(long atMillis, long cost);

    /** Whether at {@code atMillis} nothing counts any more if nothing else is taken before. */
    public abstract boolean fresh(long atMillis);

    /** The largest cost that fits, or 0. */
    public abstract long remaining(long nowMillis);

    /** What is left, in tokens times the period: so a bucket's part of a token isn't rounded away. */
    public long remainingScaled(long nowMillis) {
        return Math.multiplyExact(remaining(nowMillis), limit.periodMillis());
    }

    /** Whole tokens that count as used, rounded up. */
    public abstract long used(long nowMillis);

    /** Takes what fits; session and sequence name the acquire. */
    public abstract void take(long nowMillis, long cost, long session, long sequence);

    /** Gives back what was taken at a time, and returns how much is available again. */
    public abstract long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence);

    /** Takes over the usage of a counter of the same kind under another limit. */
    abstract void keep(CounterModel previous, long nowMillis);

    /** The counter under another limit, keeping what was used. */
    public final CounterModel adopt(Limit next, long nowMillis) {
        if (next.equals(limit)) {
            return this;
        }
        CounterModel model = of(next);
        if (model.getClass() == getClass()) {
            model.keep(this, nowMillis);
        } else {
            long used = Math.min(used(nowMillis), next.capacity());
            if (used > 0) {
                model.take(nowMillis, used, 0, 0);
            }
        }
        return model;
    }

    /** Whether {@code waitMillis} is the least wait after which {@code cost} fits; -1 says never. */
    public final boolean isLeastRetry(long nowMillis, long cost, long waitMillis) {
        if (cost > limit.capacity()) {
            return waitMillis == -1;
        }
        return waitMillis > 0 && fits(nowMillis + waitMillis, cost) && !fits(nowMillis + waitMillis - 1, cost);
    }

    /** Whether {@code waitMillis} is the least wait after which the counter is fresh. */
    public final boolean isLeastReset(long nowMillis, long waitMillis) {
        return waitMillis >= 0
                && fresh(nowMillis + waitMillis)
                && (waitMillis == 0 || !fresh(nowMillis + waitMillis - 1));
    }
}
