package io.quorate.core.lease;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.quota.CounterState;

/**
 * The four places of a ledger where a mistake would let more be spent than the limit allows. The product has one
 * form of it; tests plant mistakes here to see whether they would be found.
 */
public interface LeaseArithmetic {
    LeaseArithmetic EXACT = new LeaseArithmetic() {};

    /** The state while so many tokens are out; see {@link Lending#clamp}. */
    default CounterState clamp(Lending lending, CounterState state, long nowMillis, long outstanding) {
        return lending.clamp(state, nowMillis, outstanding);
    }

    /** The state after a lease ended with so many tokens unreported: they were spent at {@code atMillis}, at last. */
    default CounterState expire(Lending lending, CounterState state, long atMillis, long unreported) {
        return lending.spend(state, atMillis, unreported);
    }

    /**
     * How many tokens a report adds to those known to be spent.
     *
     * @param reported spent since the lease was opened
     * @param known of them: known before
     * @param outstanding what the lease holds
     */
    default long newlySpent(long reported, long known, long outstanding) {
        return Math.min(Math.max(0, reported - known), outstanding);
    }

    /** How many tokens a report adds to those known to be returned; see {@link #newlySpent}. */
    default long newlyReturned(long reported, long known, long outstanding) {
        return Math.min(Math.max(0, reported - known), outstanding);
    }
}
