package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.util.function.LongPredicate;

/**
 * One counter under one limit, written to be seen to be right and not to be fast: lists of events and unbounded
 * whole numbers, waits found by trying.
 *
 * <p>Mutable. Log time must not go back from call to call.
 */
public abstract class NaiveModel {
    private final Limit limit;
    private long unnamed;

    NaiveModel(Limit limit) {
        this.limit = limit;
    }

    /** A counter from which nothing was ever taken. */
    public static NaiveModel of(Limit limit) {
        return switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> new BucketModel(limit);
            case FIXED_WINDOW -> new FixedWindowModel(limit);
            case SLIDING_WINDOW -> new SlidingWindowModel(limit);
            case SLIDING_LOG -> new SlidingLogModel(limit);
            case CONCURRENCY -> new ConcurrencyModel(limit);
        };
    }

    /** What a meter's verdict must say. */
    public record Answer(boolean allowed, long remaining, long retryAfterMillis, long resetAfterMillis) {}

    public final Limit limit() {
        return limit;
    }

    /** Takes {@code cost} if it fits; for concurrency, held until it expires. */
    public final Answer acquire(long nowMillis, long cost) {
        return acquire(nowMillis, cost, new ChargeId(-1, ++unnamed));
    }

    /** Takes {@code cost} if it fits; {@code id} names the acquire. */
    public final Answer acquire(long nowMillis, long cost, ChargeId id) {
        boolean allowed = fits(nowMillis, cost);
        if (allowed) {
            take(nowMillis, cost, id);
        }
        long retry = 0;
        if (!allowed) {
            retry = cost > limit.capacity() ? -1 : leastWait(nowMillis, at -> fits(at, cost));
        }
        return new Answer(allowed, remaining(nowMillis), retry, leastWait(nowMillis, this::fresh));
    }

    /** Gives back and returns how much was taken off. */
    public abstract long refund(long nowMillis, long count, long takenAtMillis, ChargeId id);

    /** The counter under another limit, keeping what was used. */
    public final NaiveModel adopt(Limit next, long nowMillis) {
        if (next.equals(limit)) {
            return this;
        }
        NaiveModel model = of(next);
        if (model.getClass() == getClass()) {
            model.keep(this, nowMillis);
        } else {
            long used = Math.min(used(nowMillis), next.capacity());
            if (used > 0) {
                model.take(nowMillis, used, new ChargeId(0, 0));
            }
        }
        return model;
    }

    /** Whole tokens that count as used, rounded up. */
    public abstract long used(long nowMillis);

    /** Whether {@code cost} could be taken at {@code atMillis} if nothing else is taken before. */
    abstract boolean fits(long atMillis, long cost);

    /** Whether at {@code atMillis} nothing counts any more if nothing else is taken before. */
    abstract boolean fresh(long atMillis);

    /** The largest cost that fits, or 0. */
    abstract long remaining(long nowMillis);

    abstract void take(long nowMillis, long cost, ChargeId id);

    /** Takes over the usage of a counter of the same kind under another limit. */
    abstract void keep(NaiveModel previous, long nowMillis);

    /** The least wait after which something holds that holds for ever once it does. */
    private static long leastWait(long nowMillis, LongPredicate holdsAt) {
        if (holdsAt.test(nowMillis)) {
            return 0;
        }
        long fails = 0;
        long holds = 1;
        while (!holdsAt.test(nowMillis + holds)) {
            fails = holds;
            holds = Math.min(Long.MAX_VALUE - nowMillis, Math.addExact(holds, holds));
        }
        while (holds - fails > 1) {
            long middle = fails + (holds - fails) / 2;
            if (holdsAt.test(nowMillis + middle)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return holds;
    }
}
