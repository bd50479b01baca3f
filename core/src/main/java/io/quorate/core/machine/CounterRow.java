package io.quorate.core.machine;

import io.quorate.core.quota.CounterState;

/** A counter as stored: its state and the number of the limit under which it was last charged. */
public record CounterRow(int limitId, CounterState state) {
    /** The row of an absent counter. */
    public static final CounterRow FRESH = new CounterRow(0, CounterState.Fresh.INSTANCE);

    public boolean isFresh() {
        return state instanceof CounterState.Fresh;
    }
}
