package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.lease.LeaseArithmetic;
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
    private final LeaseArithmetic arithmetic;

    public Machine(MachineLimits limits) {
        this(limits, LeaseArithmetic.EXACT);
    }

    /** A machine with another arithmetic of leases, to show that tests would find a mistake in it. */
    public Machine(MachineLimits limits, LeaseArithmetic arithmetic) {
        this.limits = limits;
        this.arithmetic = arithmetic;
    }

    /** Applies one committed entry. Never throws for any content of the entry: what is wrong is an outcome. */
    public Transition apply(StateView view, long index, long term, LogEntry entry) {
        return new EntryApplier(view, limits, arithmetic, index, entry).apply(term);
    }

    /**
     * What an acquire gets without being decided: the first answer if it is a repeat, or why its session or its
     * sequence can't have one. Empty if it is to be decided.
     *
     * <p>For acquires over which no rule decides, that are in no entry: their first try may have been in one.
     */
    public Optional<Applied> undecided(StateView view, long nowMillis, Acquire acquire) {
        Header header = view.header();
        long now = Math.max(nowMillis, header.logTimeMillis());
        Session session = view.session(acquire.sessionId())
                .filter(found -> !found.isExpired(now, limits.sessionTtlMillis()))
                .orElse(null);
        Reason reason;
        if (session == null) {
            reason = Reason.UNKNOWN_SESSION;
        } else if (session.hasAnswer(acquire.sequence())) {
            if (session.payloadHash(acquire.sequence())
                    == Digests.acquirePayload(acquire.requestHash(), acquire.cost())) {
                return Optional.of(session.answer(acquire.sequence()));
            }
            reason = Reason.PAYLOAD_MISMATCH;
        } else if (acquire.sequence() < session.base()) {
            reason = Reason.UNKNOWN_EXPIRED;
        } else {
            return Optional.empty();
        }
        return Optional.of(
                new Applied(header.appliedIndex(), 0, now, header.rulesVersion(), new Outcome.Refused(reason)));
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
        CounterOverlay counters = new CounterOverlay(view);
        CounterLeases leases = new CounterLeases(counters, limitOverlay, limits, arithmetic, now);
        Decision decision = new Decision(counters, limitOverlay, leases, now);
        if (!decision.prepare(charges)) {
            throw new IllegalArgumentException("every charge must have a limit, and no counter may stand twice");
        }
        decision.decide(cost, NOBODY);
        return decision.result();
    }
}
