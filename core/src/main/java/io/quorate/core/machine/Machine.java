package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.quota.Limit;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The replicated state machine: a deterministic function of a state and an entry.
 *
 * <p>Sees an entry through an overlay: each counter is read once and written once however many commands
 * touch it. Stateless and thread-safe.
 */
public final class Machine {
    private final MachineLimits limits;

    public Machine(MachineLimits limits) {
        this.limits = limits;
    }

    /** Applies one committed entry. Never throws for any content of the entry: what is wrong is an outcome. */
    public Transition apply(StateView view, long index, long term, LogEntry entry) {
        throw new UnsupportedOperationException(limits.toString() + Applied.class);
    }

    /**
     * What an acquire of {@code cost} would get at {@code nowMillis} (at least the view's log time), charging
     * nothing.
     *
     * @param terms the limit of each number in {@code charges}; asked only for numbers the view lacks
     */
    public Acquired peek(StateView view, long nowMillis, long cost, List<Charge> charges, IntFunction<Limit> terms) {
        throw new UnsupportedOperationException(limits.toString());
    }
}
