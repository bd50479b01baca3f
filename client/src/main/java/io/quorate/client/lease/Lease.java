package io.quorate.client.lease;

import io.quorate.client.lease.RenewalLink.Haste;
import io.quorate.client.lease.Sizing.Holding;
import io.quorate.client.lease.Sizing.Move;
import io.quorate.core.rule.FailureTerms;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The lease of one counter in motion: when to renew, who waits, what failed. Confined to the loop. */
final class Lease {
    /** Leases that may be lost one after the other before requests go to the leader for a while. */
    private static final int LOST_MAX = 3;
    /** How long a counter that can't be leased is left alone. */
    private static final long NOT_LEASABLE_NANOS = 30_000_000_000L;

    private static final long IDLE_TICK_NANOS = 1_000_000_000L;

    final Pocket pocket;
    final LeaseLedger ledger;
    private final Leases leases;
    private final Sizing sizing;
    final Waiters waiters = new Waiters();

    private long askedTokens;
    private long deniedReported;
    private long demandSeen;
    private long demandAtNanos;
    private long nextTickNanos;
    private long retryAtNanos;
    private boolean retrying;
    private int tries;
    private long failingSinceNanos;
    private boolean failing;
    private int lost;
    private long blockedUntilNanos;
    private boolean blocked;
    private int oldRulesTries;
    /** This may repeat without a budget, as the others of its group that failed while it had no leader. */
    private boolean freed;

    private boolean leaving;
    /** When {@link Leases} has this in its queue; only it sets these. */
    long queuedAtNanos;

    boolean queued;

    Lease(Leases leases, Pocket pocket, long nowNanos) {
        this.leases = leases;
        this.pocket = pocket;
        this.ledger = new LeaseLedger(pocket, leases.settings.clockPeriodNanos(), leases.settings.exactDeadlines());
        this.sizing = leases.settings.sizing().open(pocket.target(), leases.latency, nowNanos);
        this.nextTickNanos = nowNanos + sizing.tickNanos();
        this.demandAtNanos = nowNanos;
    }

    // ---- requests

    /** A request that its pocket couldn't serve: decides it, lets it wait, or says to ask the leader. */
    void acquire(Waiter waiter, long nowNanos) {
        long cost = waiter.cost();
        if (leaving) {
            leases.tell(waiter, Answer.STALE, 0);
            return;
        }
        if (waiters.isEmpty() && pocket.trySpend(cost)) {
            leases.tell(waiter, Answer.LEASED, 0);
            return;
        }
        Answer local = pocket.withoutTokens(cost);
        if (local != Answer.ASK) {
            leases.tell(waiter, local, pocket.retryAfterNanos(cost));
            return;
        }
        askedTokens += cost;
        // A part of what a contended counter has would be lost on a request that needs all of its cost at once.
        boolean waits = !blocked(nowNanos)
                && waiters.size() < leases.settings.waitersMax()
                && (cost == 1 || !sizing.contended())
                && cost <= pocket.target().limit().capacity();
        if (waits) {
            waiters.add(waiter);
        } else {
            leases.tell(waiter, Answer.ASK, 0);
        }
        consider(nowNanos);
    }

    /** The pocket ran low. */
    void look(long nowNanos) {
        consider(nowNanos);
        if (ledger.inFlight() == null) {
            pocket.clearRaised();
        }
    }

    /** A request goes to the leader by itself: only its demand is noted. */
    void noteDemand(long cost, long nowNanos) {
        if (!leaving) {
            askedTokens += cost;
            consider(nowNanos);
        }
    }

    /** Somebody asked, or the pocket ran low: perhaps it is time for a renewal. */
    void consider(long nowNanos) {
        if (!leaving) {
            sizing.observe(nowNanos, demand(nowNanos));
            if (!blocked(nowNanos)) {
                send(sizing.whenAsked(holding(nowNanos)), Haste.SOON, nowNanos);
            }
            publish(nowNanos);
        }
    }

    private long demand(long nowNanos) {
        long demand = ledger.spentEver() + pocket.deniedTokens() + pocket.missedTokens() + askedTokens;
        if (demand != demandSeen) {
            demandSeen = demand;
            demandAtNanos = nowNanos;
        }
        return demand;
    }

    private boolean blocked(long nowNanos) {
        blocked &= nowNanos - blockedUntilNanos < 0;
        return blocked;
    }

    private void block(long nowNanos, long nanos) {
        blocked = true;
        blockedUntilNanos = nowNanos + nanos;
        giveUpWaiters(Answer.ASK);
    }

    private Holding holding(long nowNanos) {
        return new Holding(
                nowNanos,
                pocket.tranche() == Tranche.NONE ? 0 : ledger.held(),
                ledger.unreported(),
                waiters.tokens(),
                ledger.untilNanos(nowNanos),
                ledger.inFlight() != null,
                pocket.deniedTokens() > deniedReported);
    }

    // ---- renewals

    private void send(Move move, long nowNanos) {
        send(move, Haste.LEISURE, nowNanos);
    }

    private void send(Move move, Haste haste, long nowNanos) {
        if (!move.renew() || ledger.inFlight() != null) {
            return;
        }
        boolean wasOpen = ledger.open();
        ledger.expire(nowNanos);
        if (wasOpen && !ledger.open() && move.want() + waiters.tokens() == 0) {
            return; // what there was to tell is over
        }
        long denied = pocket.deniedTokens() - deniedReported;
        deniedReported += denied;
        long milliRate = leaving ? 0 : (long) Math.ceil(Math.min(1e15, sizing.ratePerSecond() * 1000));
        LeaseLedger.Ask ask = new LeaseLedger.Ask(waiters.tokens(), move.want(), milliRate, denied);
        long newLeaseId = ledger.open() ? 0 : leases.nextLeaseId();
        Renewal renewal = ledger.renew(newLeaseId, ask, move.giveBack(), nowNanos);
        tries = 1;
        retrying = false;
        freed = false;
        leases.budget.sentFirst(pocket.target().group(), nowNanos);
        leases.link.send(pocket, renewal, waiters.tokens() > 0 ? Haste.NOW : haste);
    }

    void renewed(RenewalReply reply, long nowNanos) {
        Renewal asked = ledger.inFlight();
        if (asked == null) {
            return;
        }
        if (tries == 1) {
            leases.latency.took(nowNanos - ledger.firstSentNanos());
        }
        ledger.accept(reply, nowNanos);
        retrying = false;
        lost = 0;
        wasReached();
        pocket.available(reply.available());
        pocket.clearRaised();
        if (!reply.staleRules()) {
            oldRulesTries = 0;
            sizing.replied(nowNanos, asked, reply);
            serveWaiters(reply, nowNanos);
        }
        if (leaving) {
            leave(nowNanos);
        } else if (reply.staleRules()) {
            rulesAreOld(nowNanos, TimeUnit.MILLISECONDS.toNanos(reply.retryAfterMillis()));
            publish(nowNanos);
        } else {
            if (reply.recall()) {
                sizing.observe(nowNanos, demand(nowNanos));
                send(sizing.whenRecalled(holding(nowNanos)), nowNanos);
            }
            consider(nowNanos);
            if (ledger.returns()) {
                send(Move.giveBack(0), nowNanos); // nobody asks: what came in vain would be lost
                publish(nowNanos);
            }
        }
    }

    /** Requests go to the leader, and no renewal that asks for tokens, until the rules were learned or some time. */
    private long rulesAreOld(long nowNanos, long retryAfterNanos) {
        long nanos =
                Math.max(Math.min(retryAfterNanos, leases.settings.retryMaxNanos()), leases.jittered(++oldRulesTries));
        block(nowNanos, nanos);
        return nanos;
    }

    /** The rules of its namespace were learned anew, and it stands. */
    void rulesLearned(long nowNanos) {
        if (oldRulesTries > 0) {
            oldRulesTries = 0;
            blocked = false;
            if (retrying) {
                retryAtNanos = nowNanos;
            }
            consider(nowNanos);
        }
    }

    private void serveWaiters(RenewalReply reply, long nowNanos) {
        // What is left of these when all that waited are served or gone is dropped: the leader has it as spent.
        long consumed = reply.consumed();
        while (!waiters.isEmpty()) {
            Waiter next = waiters.first();
            long fromPocket = Math.max(0, next.cost() - consumed);
            if (nowNanos - next.deadlineNanos() >= 0) {
                tellFirst(Answer.ASK, 0);
            } else if (fromPocket == 0) {
                consumed -= next.cost();
                tellFirst(Answer.GRANTED, 0);
            } else if (pocket.trySpend(fromPocket)) {
                consumed = 0;
                askedTokens -= fromPocket; // counted as spent instead
                tellFirst(Answer.GRANTED, 0);
            } else {
                break;
            }
        }
        if (sizing.contended()) {
            while (!waiters.isEmpty()) {
                leases.tell(waiters.denyFirst(), Answer.DENIED, reply.retryAfterMillis() * 1_000_000L);
            }
        }
    }

    private void tellFirst(Answer answer, long retryAfterNanos) {
        leases.tell(waiters.removeFirst(), answer, retryAfterNanos);
    }

    private void giveUpWaiters(Answer answer) {
        while (!waiters.isEmpty()) {
            tellFirst(answer, 0);
        }
    }

    void refused(LeaseRefusal refusal, long retryAfterNanos, long nowNanos) {
        pocket.clearRaised();
        retrying = false;
        if (leaving) {
            refusedToLeave(refusal, retryAfterNanos, nowNanos);
            return;
        }
        switch (refusal) {
            case UNKNOWN_LEASE, STALE -> {
                ledger.end();
                wasReached();
                lost++;
                if (lost > LOST_MAX) {
                    block(nowNanos, leases.settings.retryMaxNanos());
                }
            }
            case NOT_LEASABLE -> {
                ledger.end();
                wasReached();
                block(nowNanos, NOT_LEASABLE_NANOS);
            }
            case FULL -> {
                ledger.end();
                wasReached();
                block(nowNanos, Math.max(retryAfterNanos, leases.jittered(1)));
            }
            case STALE_RULES -> {
                wasReached();
                retryIn(rulesAreOld(nowNanos, retryAfterNanos), nowNanos);
            }
            case UNREACHABLE, UNKNOWN_OUTCOME -> {
                leases.lost(pocket.target().group());
                if (!failing) {
                    failing = true;
                    failingSinceNanos = nowNanos;
                }
                retryIn(Math.max(retryAfterNanos, leases.jittered(tries)), nowNanos);
            }
        }
        consider(nowNanos);
    }

    /** What is returned is told again, as the budget allows, as long as the leader may still count it as out. */
    private void refusedToLeave(LeaseRefusal refusal, long retryAfterNanos, long nowNanos) {
        boolean mayPass = switch (refusal) {
            case UNREACHABLE, UNKNOWN_OUTCOME, STALE_RULES -> true;
            case UNKNOWN_LEASE, STALE, NOT_LEASABLE, FULL -> false;
        };
        if (mayPass && nowNanos - ledger.firstSentNanos() < sizing.validNanos()) {
            retryIn(Math.max(retryAfterNanos, leases.jittered(tries)), nowNanos);
        } else {
            ledger.end();
            leases.drop(this);
        }
    }

    /** Some leader has answered: what decides without one is over. */
    private void wasReached() {
        failing = false;
        pocket.reached();
        leases.reached(pocket.target().group());
    }

    /** Its group has a leader again: what failed is repeated soon, whatever the budget. */
    void repeatWithin(long nanos, long nowNanos) {
        if (retrying) {
            freed = true;
            retryIn(leases.random(nanos), nowNanos);
        }
    }

    private void retryIn(long nanos, long nowNanos) {
        retrying = true;
        retryAtNanos = nowNanos + nanos;
    }

    // ---- time

    void due(long nowNanos) {
        ledger.expire(nowNanos);
        waiters.removeLate(nowNanos, late -> leases.tell(late, Answer.ASK, 0));
        if (failing && !pocket.unreachable() && nowNanos - failingSinceNanos >= fallbackAfterNanos()) {
            fallBack(nowNanos);
        }
        Renewal inFlight = ledger.inFlight();
        if (retrying && inFlight != null && nowNanos - retryAtNanos >= 0) {
            if (freed || leases.budget.tryRepeat(pocket.target().group(), nowNanos)) {
                retrying = false;
                freed = false;
                tries++;
                leases.link.send(pocket, inFlight, inFlight.need() > 0 ? Haste.NOW : Haste.LEISURE);
            } else {
                retryIn(leases.jittered(Integer.MAX_VALUE), nowNanos);
            }
        }
        if (leaving || pocket.retired()) {
            leave(nowNanos);
            return;
        }
        OptionalLong pollAt = sizing.pollAtNanos();
        boolean polled = pollAt.isPresent() && nowNanos - pollAt.getAsLong() >= 0 && !blocked(nowNanos);
        boolean ticked = nowNanos - nextTickNanos >= 0;
        if (polled || ticked) {
            sizing.observe(nowNanos, demand(nowNanos));
            if (polled) {
                send(sizing.whenPolled(holding(nowNanos)), nowNanos);
            }
            if (ticked) {
                if (!blocked(nowNanos)) {
                    send(sizing.whenTicked(holding(nowNanos)), nowNanos);
                }
                pocket.clearRaised();
                long period = Math.max(sizing.tickNanos(), leases.tickMinNanos());
                nextTickNanos = nowNanos + (idle() ? Math.max(IDLE_TICK_NANOS, period) : period);
            }
        }
        if (idle() && nowNanos - demandAtNanos >= leases.settings.retireNanos()) {
            leaving = true;
            leases.drop(this);
        } else {
            publish(nowNanos);
        }
    }

    /** A link that may just be slow gets the time for one more answer. */
    private long fallbackAfterNanos() {
        return Math.max(leases.settings.fallbackAfterNanos(), leases.timeout.nanos());
    }

    private void fallBack(long nowNanos) {
        FailureTerms terms = pocket.target().failureTerms();
        pocket.fallBack(terms.denies() ? null : new LocalLimit(terms, nowNanos));
        while (!waiters.isEmpty()) {
            long cost = waiters.first().cost();
            Answer answer = pocket.withoutTokens(cost);
            tellFirst(answer, pocket.retryAfterNanos(cost));
        }
    }

    private boolean idle() {
        return pocket.tranche() == Tranche.NONE && ledger.inFlight() == null && waiters.isEmpty();
    }

    /** When something is to be done next, whatever happens until then. */
    long nextDueNanos(long nowNanos) {
        long next = nextTickNanos;
        if (leaving) {
            next = nowNanos + IDLE_TICK_NANOS;
        }
        if (retrying) {
            next = earlier(next, retryAtNanos);
        }
        if (failing && !pocket.unreachable()) {
            next = earlier(next, failingSinceNanos + fallbackAfterNanos());
        }
        if (!waiters.isEmpty()) {
            next = earlier(next, waiters.earliestDeadlineNanos());
        }
        if (pocket.tranche() != Tranche.NONE) {
            next = earlier(next, ledger.untilNanos(nowNanos));
        }
        OptionalLong pollAt = sizing.pollAtNanos();
        if (pollAt.isEmpty() || leaving) {
            return next;
        }
        long poll = pollAt.getAsLong();
        return earlier(next, blocked(nowNanos) ? later(poll, blockedUntilNanos) : poll);
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    /** Tells the spending threads what follows from the state. */
    private void publish(long nowNanos) {
        boolean inFlight = ledger.inFlight() != null;
        if (inFlight) {
            pocket.neverLow();
        } else {
            // When half is gone it is looked at again, since by then the demand may be another, and low another level.
            long held = ledger.held();
            long over = held - Math.max(Math.min(held, sizing.lowTokens()), held / 2);
            pocket.lowAt(Math.max(0, pocket.tranche().pool() - over)); // stripes have more
        }
        // As long as no renewal may be sent, the leader decides each request.
        Sizing.Denial denial = blocked(nowNanos) ? Sizing.Denial.NONE : sizing.denial(holding(nowNanos));
        if (denial.denying()) {
            pocket.denyUntil(denial.untilNanos(), denial.costMax(), denial.retryAtNanos());
        } else {
            pocket.stopDenying();
        }
    }

    // ---- the end

    /** The leader wants the tokens back: returns all that is held. */
    void recall(long nowNanos) {
        if (ledger.inFlight() == null && ledger.open()) {
            send(Move.giveBack(ledger.held()), nowNanos);
            publish(nowNanos);
        } else {
            ledger.distrust();
        }
    }

    /** The clocks can't be trusted: nothing that is held may be spent. */
    void distrust() {
        ledger.distrust();
    }

    /** The counter is given up: returns what is held, and forgets the lease when that is told. */
    void leave(long nowNanos) {
        if (!leaving) {
            leaving = true;
            pocket.retire();
            giveUpWaiters(Answer.STALE);
            ledger.distrust(); // what a renewal in flight brings is returned too
        }
        if (ledger.inFlight() == null) {
            if (ledger.open() && ledger.unreported() > 0) {
                send(Move.giveBack(0), nowNanos);
            } else {
                ledger.end();
                leases.drop(this);
            }
        }
    }
}
