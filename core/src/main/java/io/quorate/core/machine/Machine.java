package io.quorate.core.machine;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The replicated state machine: a deterministic function of a state and an entry.
 *
 * <p>Sees an entry through an overlay: each counter is read once and written once however many commands
 * touch it. Stateless and thread-safe.
 */
public final class Machine {
    private static final ChargeId NOBODY = new ChargeId(0, 0);

    private final MachineLimits limits;

    public Machine(MachineLimits limits) {
        this.limits = limits;
    }

    /** Applies one committed entry. Never throws for any content of the entry: what is wrong is an outcome. */
    public Transition apply(StateView view, long index, long term, LogEntry entry) {
        return new EntryApplier(view, limits, index, entry).apply(term);
    }

    /**
     * What an acquire of {@code cost} would get at {@code nowMillis} (at least the view's log time), charging
     * nothing.
     *
     * @param terms the limit of each number in {@code charges}; asked only for numbers the view lacks
     * @throws IllegalArgumentException if the cost is out of range or a counter stands twice in {@code charges}
     */
    public Acquired peek(StateView view, long nowMillis, long cost, List<Charge> charges, IntFunction<Limit> terms) {
        if (cost < 1 || cost > Command.COST_MAX) {
            throw new IllegalArgumentException("cost must be 1 to " + Command.COST_MAX + ", not " + cost);
        }
        long now = Math.max(nowMillis, view.header().logTimeMillis());
        LimitOverlay limitOverlay = new LimitOverlay(view, limitId -> Optional.of(terms.apply(limitId)));
        Decision decision = new Decision(new CounterOverlay(view), limitOverlay, now);
        if (!decision.prepare(charges)) {
            throw new IllegalArgumentException("every charge must have a limit, and no counter may stand twice");
        }
        decision.decide(cost, NOBODY);
        return decision.result();
    }
}
