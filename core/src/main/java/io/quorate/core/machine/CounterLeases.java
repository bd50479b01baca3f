package io.quorate.core.machine;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.lease.Lender;
import io.quorate.core.lease.Lender.Renewal;
import io.quorate.core.machine.CounterOverlay.Counter;
import io.quorate.core.machine.LimitOverlay.Terms;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.LedgerDraft;
import java.util.Optional;

/**
 * What one entry does to counters of which clients hold tokens. Whoever decides over a counter settles it first, so
 * that every decision sees the ledger as it is at the entry's log time.
 */
final class CounterLeases {
    private final CounterOverlay counters;
    private final LimitOverlay limits;
    private final MachineLimits bounds;
    private final Lender lender;
    private final long nowMillis;

    CounterLeases(
            CounterOverlay counters,
            LimitOverlay limits,
            MachineLimits bounds,
            LeaseArithmetic arithmetic,
            long nowMillis) {
        this.counters = counters;
        this.limits = limits;
        this.bounds = bounds;
        this.lender = new Lender(arithmetic, nowMillis);
        this.nowMillis = nowMillis;
    }

    /** Ends the leases that have expired, and stops the refill where tokens are out. */
    void settle(Counter counter) {
        LedgerDraft ledger = counter.ledger();
        if (ledger == null || ledger.isEmpty()) {
            return;
        }
        Meter meter = limits.get(counter.limitId()).meter();
        CounterState next = lender.settle(meter, counter.state(), ledger);
        if (ledger.isChanged() || !next.equals(counter.state())) {
            counters.set(counter, counter.limitId(), next);
        }
    }

    /** Brings a settled counter under a limit, if it is under another one. */
    void adopt(Counter counter, Terms next) {
        if (counter.isFresh() || counter.limitId() == next.limitId()) {
            return;
        }
        Meter previous = limits.get(counter.limitId()).meter();
        LedgerDraft ledger = counter.ledger();
        CounterState adopted = ledger == null || ledger.isEmpty()
                ? next.meter().settle(next.meter().adopt(previous, counter.state(), nowMillis), nowMillis)
                : lender.adopt(previous, next.meter(), counter.state(), ledger);
        next.use();
        counters.set(counter, next.limitId(), adopted);
    }

    /** What an acquire gets of a settled counter of this limit. */
    Verdict acquire(Counter counter, Meter meter, long cost, ChargeId id) {
        CounterState state = counter.state();
        LedgerDraft ledger = counter.ledger();
        if (ledger == null || ledger.outstanding() == 0) {
            return meter.acquire(state, nowMillis, cost, id);
        }
        CounterState seen = meter.lending().seen(state, nowMillis, ledger.outstanding());
        Verdict said = meter.acquire(seen, nowMillis, cost, id);
        if (!said.allowed()) {
            return said;
        }
        // What fits beside the tokens that are out fits without them; they stay in the ledger.
        Verdict charged = meter.acquire(state, nowMillis, cost, id);
        return new Verdict(true, charged.next(), said.remaining(), 0, said.resetAfterMillis());
    }

    /** Applies a refund to a settled counter, and gives how many tokens it took back. */
    long refund(Counter counter, Meter meter, Meter.Refund refund) {
        LedgerDraft ledger = counter.ledger();
        if (ledger == null || ledger.isEmpty()) {
            counters.set(counter, counter.limitId(), meter.settle(refund.next(), nowMillis));
            return refund.refunded();
        }
        long usedBefore = meter.used(counter.state(), nowMillis);
        CounterState next = lender.clamp(meter, refund.next(), ledger);
        counters.set(counter, counter.limitId(), next);
        return Math.min(refund.refunded(), usedBefore - meter.used(next, nowMillis));
    }

    /** Forgives what was taken from a settled counter, but for what is out. */
    void reset(Counter counter) {
        LedgerDraft ledger = counter.ledger();
        CounterState next = Fresh.INSTANCE;
        if (ledger != null && !ledger.isEmpty()) {
            Meter meter = limits.get(counter.limitId()).meter();
            next = lender.clamp(meter, meter.lending().lend(next, nowMillis, ledger.outstanding()), ledger);
        }
        counters.set(counter, counter.limitId(), next);
    }

    /**
     * Renews a lease, or says why not.
     *
     * @param session the renewal's
     * @param rulesAreStale whether the renewal was matched by rules that are too old to lease under
     */
    Outcome renew(RenewLease command, Session session, boolean rulesAreStale) {
        Counter counter = counters.get(command.key());
        settle(counter);
        LedgerDraft ledger = counter.openLedger();
        int lease = ledger.find(command.sessionId());
        boolean opens = lease < 0 || ledger.leaseId(lease) < command.leaseId();
        if (opens && (command.sequence() > 1 || command.limitId() == 0)) {
            return new Refused(Reason.LEASE_UNKNOWN);
        }
        if (opens
                ? command.leaseId() <= session.lastLeaseId()
                : ledger.leaseId(lease) > command.leaseId() || ledger.sequence(lease) > command.sequence()) {
            return new Refused(Reason.LEASE_STALE);
        }
        if (!opens && ledger.sequence(lease) == command.sequence()) {
            return lender.answer(limits.get(counter.limitId()).meter(), counter.state(), ledger, command);
        }
        if (command.limitId() == 0) {
            return renewUnder(limits.get(counter.limitId()), counter, ledger, command);
        }
        if (rulesAreStale) {
            return new Refused(Reason.STALE_RULES);
        }
        Optional<Terms> terms = limits.find(command.limitId());
        if (terms.isEmpty()) {
            return new Refused(Reason.INVALID);
        }
        Optional<Reason> unfit = unfit(counter, terms.get(), lease < 0 ? ledger.size() + 1 : ledger.size());
        if (unfit.isPresent()) {
            return new Refused(unfit.get());
        }
        adopt(counter, terms.get());
        if (opens) {
            session.openedLease(command.leaseId());
        }
        return renewUnder(terms.get(), counter, ledger, command);
    }

    private Optional<Reason> unfit(Counter counter, Terms terms, int leases) {
        if (terms.meter().lending().lastsMillisMax() == 0) {
            return Optional.of(Reason.NOT_LEASABLE);
        }
        if (leases > bounds.leasesPerCounterMax()) {
            return Optional.of(Reason.LEASES_FULL);
        }
        return counter.isFresh() && counters.live() >= bounds.countersMax()
                ? Optional.of(Reason.COUNTERS_FULL)
                : Optional.empty();
    }

    private Outcome renewUnder(Terms terms, Counter counter, LedgerDraft ledger, RenewLease command) {
        Renewal renewal = lender.renew(terms.meter(), counter.state(), ledger, command);
        terms.use();
        counters.set(counter, terms.limitId(), renewal.next());
        return renewal.outcome();
    }
}
