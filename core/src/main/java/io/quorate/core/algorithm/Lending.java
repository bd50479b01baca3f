package io.quorate.core.algorithm;

import io.quorate.core.quota.CounterState;

/**
 * What a meter does with tokens that are lent: taken from the counter by clients that spend them later, and hold
 * them until then ({@code outstanding}). Pure functions, as the meter's own; counts are 0 or more.
 *
 * <p>The rule for all: at any log time, what is available and what is outstanding together never pass what the limit
 * would let be taken at once.
 */
public interface Lending {
    /** How long a lease may last at most, whenever it is granted; 0 if tokens of this limit can't be lent. */
    long lastsMillisMax();

    /** How long a lease that is granted at this log time may last at most; may be 0. */
    long lastsMillisMax(long nowMillis);

    /**
     * The state at this log time, if so many tokens were out since the last call: a bucket isn't refilled beyond
     * them, and a window counts at least them.
     */
    CounterState clamp(CounterState state, long nowMillis, long outstanding);

    /** Whole tokens that can be lent or acquired now; of a clamped state. */
    long available(CounterState state, long nowMillis, long outstanding);

    /** The state after so many tokens were taken to be outstanding. */
    CounterState lend(CounterState state, long nowMillis, long count);

    /** The exact inverse of {@link #lend}, for tokens that are outstanding no more and weren't spent. */
    CounterState giveBack(CounterState state, long nowMillis, long count);

    /** The state after so many lent tokens are outstanding no more, because they were spent by {@code atMillis}. */
    CounterState spend(CounterState state, long atMillis, long count);

    /** The state as an acquire has to see it while so many tokens are out. */
    CounterState seen(CounterState state, long nowMillis, long outstanding);
}
