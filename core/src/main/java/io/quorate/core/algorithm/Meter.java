package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;

/**
 * One limit, ready to decide: a pure function of state, log time and cost. Immutable.
 *
 * <p>{@code nowMillis} is log time, 0 to {@value #NOW_MILLIS_MAX}, and never less than in an earlier call on the
 * same counter; {@code cost} is 1 or more. Every method accepts {@link CounterState.Fresh} and the algorithm's own
 * state. Arithmetic is exact: no decision is rounded, no product overflows for any limit that has a meter.
 */
public interface Meter {
    /** The largest log time; some 146 million years. */
    long NOW_MILLIS_MAX = 1L << 62;

    /**
     * The meter of a limit.
     *
     * @throws IllegalArgumentException if exact integers can't hold the limit, saying which field to lower
     */
    static Meter of(Limit limit) {
        return Meters.of(limit);
    }

    Limit limit();

    /** Takes {@code cost} tokens if they fit. {@code id} names the acquire (used by concurrency only). */
    Verdict acquire(CounterState state, long nowMillis, long cost, ChargeId id);

    /**
     * Gives back up to {@code count} tokens that the acquire {@code id} took at {@code takenAtMillis}.
     *
     * <p>Never makes more available than the limit allows: a refund of a window that has passed, or of
     * permits that expired, changes nothing.
     */
    Refund refund(CounterState state, long nowMillis, long count, long takenAtMillis, ChargeId id);

    /** A refund's new state and how many tokens it took off what counts as used. */
    record Refund(CounterState next, long refunded) {}

    /** The state's canonical form at {@code nowMillis}: {@link CounterState.Fresh} if it decides like a fresh one. */
    CounterState settle(CounterState state, long nowMillis);

    /**
     * The state that keeps what was used under {@code previous}, for a counter whose limit changed to this one
     * (THEORY: preserve used). An algorithm of another kind starts with as much used as was used before, at most.
     */
    CounterState adopt(Meter previous, CounterState state, long nowMillis);

    /** What becomes of this limit's tokens when they are lent. */
    Lending lending();

    /** Whole tokens counted as used at {@code nowMillis}, rounded up. */
    long used(CounterState state, long nowMillis);
}
