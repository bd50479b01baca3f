package io.quorate.client.lease;

import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All leases of one client.
 *
 * <p>{@link #find}, and the {@link Resolved} that it gives, may be used on any thread. Everything else is called on
 * the client's one loop: {@link #tick} every {@link LeaseSettings#clockPeriodNanos}, as long as leases are used;
 * {@link #look} when woken; the rest when something happens. Nothing here blocks or sends by itself but through
 * the {@link RenewalLink}. Waiters are told at the end of each call, so they may call back.
 */
public final class Leases {
    /** Looking at a lease takes about a microsecond: so all of them take a tenth of the loop's time at most, */
    private static final long TICK_SHARE_NANOS = 10_000L;
    /** but each is looked at before the last third of the shortest usual validity has passed. */
    private static final long TICK_SHARE_MAX_NANOS = 900_000_000L;
    /** What a group's outage held up is repeated over so long, */
    private static final long REPEATS_MIN_NANOS = 50_000_000L;
    /** and so much longer for each lease. */
    private static final long REPEAT_NANOS = 10_000L;

    final LeaseSettings settings;
    final RenewLatency latency = new RenewLatency();
    final RenewalTimeout timeout;
    final RetryBudget budget;
    final RenewalLink link;
    private final LeaseEnvironment environment;
    private final CoarseClock clock;
    private final Attention attention;
    private final PocketIndex index;
    private final SuspendGuard guard;
    private final LostGroups lostGroups;
    private final Set<Lease> leases = new LinkedHashSet<>();
    private final PriorityQueue<Due> queue = new PriorityQueue<>((a, b) -> Long.signum(a.atNanos - b.atNanos));
    private final ArrayDeque<Told> told = new ArrayDeque<>();
    /** Of leases that were given up. */
    private Totals gone = Totals.NONE;

    private boolean telling;
    private long lastLeaseId;

    /** When a lease wants to be looked at; old entries of the same lease are skipped. */
    private record Due(Lease lease, long atNanos) {}

    private record Told(Waiter waiter, Answer answer, long retryAfterNanos) {}

    public Leases(LeaseSettings settings, LeaseEnvironment environment) {
        this.settings = settings;
        this.environment = environment;
        this.link = environment.link();
        this.timeout = new RenewalTimeout(settings);
        this.clock = new CoarseClock(environment.monoNanos(), settings.clockPeriodNanos());
        this.attention = new Attention(environment.wake());
        this.budget = new RetryBudget(clock.nowNanos());
        this.lostGroups = new LostGroups(settings.retryMaxNanos());
        this.guard = new SuspendGuard(clock.nowNanos(), environment.wallMillis().getAsLong());
        this.index = new PocketIndex(
                settings, clock, environment.groupOfSlot(), target -> new Pocket(target, clock, attention));
    }

    // ---- on any thread

    /**
     * What a request is counted by, from memory or by matching; a hit allocates nothing.
     *
     * @return null if that isn't known here, or nothing can be held for it: ask the leader
     */
    public @Nullable Resolved find(RequestKey request) {
        return index.find(request);
    }

    // ---- on the loop: requests

    /**
     * Decides a request that {@link Resolved#tryAcquire} left undecided. With one enforcing rule it may wait for that
     * counter's renewal; with several the answer is {@link Answer#ASK}, since only the leader takes from all or none.
     */
    public void acquire(Resolved resolved, Waiter waiter) {
        long now = clock.tick();
        List<Pocket> pockets = resolved.enforcing();
        if (!resolved.current()) {
            tell(waiter, Answer.STALE, 0);
        } else if (!resolved.leasable() || resolved.isUncounted()) {
            tell(waiter, Answer.ASK, 0);
        } else if (pockets.size() == 1 && resolved.shadow().isEmpty()) {
            Lease lease = lease(pockets.get(0), now);
            lease.acquire(waiter, now);
            enqueue(lease, now);
        } else {
            for (Pocket pocket : pockets) {
                demand(pocket, waiter.cost(), now);
            }
            for (Pocket pocket : resolved.shadow()) {
                demand(pocket, waiter.cost(), now);
            }
            tell(waiter, Answer.ASK, 0);
        }
        tellAll();
    }

    private void demand(Pocket pocket, long cost, long now) {
        Lease lease = lease(pocket, now);
        lease.noteDemand(cost, now);
        enqueue(lease, now);
    }

    private Lease lease(Pocket pocket, long now) {
        Lease known = pocket.lease;
        if (known == null) {
            known = new Lease(this, pocket, now);
            pocket.lease = known;
            pocket.markLeased();
            leases.add(known);
        }
        return known;
    }

    // ---- on the loop: answers

    /** A renewal was carried out. */
    public void renewed(Pocket pocket, Renewal renewal, RenewalReply reply) {
        Lease lease = awaiting(pocket, renewal);
        if (lease != null) {
            long now = clock.tick();
            lease.renewed(reply, now);
            enqueue(lease, now);
        }
        tellAll();
    }

    /** A renewal wasn't carried out, or nobody knows; {@code retryAfterMillis} is 0 if there is no telling. */
    public void refused(Pocket pocket, Renewal renewal, LeaseRefusal refusal, long retryAfterMillis) {
        Lease lease = awaiting(pocket, renewal);
        if (lease != null) {
            long now = clock.tick();
            long retryAfterNanos = Math.min(retryAfterMillis, Integer.MAX_VALUE) * 1_000_000L;
            lease.refused(refusal, retryAfterNanos, now);
            enqueue(lease, now);
        }
        tellAll();
    }

    private static @Nullable Lease awaiting(Pocket pocket, Renewal renewal) {
        Lease lease = pocket.lease;
        return lease != null && lease.ledger.awaits(renewal.leaseId(), renewal.sequence()) ? lease : null;
    }

    /** How long renewals wait for their answers: told by whoever sends them. */
    public RenewalTimeout timeout() {
        return timeout;
    }

    // ---- on the loop: time

    /** Ticks the clock, and does what is due. */
    public void tick() {
        long now = clock.tick();
        if (guard.due(now) && guard.disagree(now, environment.wallMillis().getAsLong())) {
            leases.forEach(Lease::distrust);
        }
        look(now);
        while (!queue.isEmpty() && queue.element().atNanos - now <= 0) {
            Due due = queue.remove();
            Lease lease = due.lease;
            if (lease.queued && lease.queuedAtNanos == due.atNanos) {
                lease.queued = false;
                lease.due(now);
                enqueue(lease, now);
            }
        }
        tellAll();
    }

    /** Looks at the pockets that ran low. */
    public void look() {
        look(clock.tick());
        tellAll();
    }

    private void look(long now) {
        Pocket next = attention.takeAll();
        while (next != null) {
            Pocket pocket = next;
            next = pocket.raisedBefore;
            pocket.raisedBefore = null;
            if (pocket.retired()) {
                continue;
            }
            Lease lease = lease(pocket, now);
            lease.look(now);
            enqueue(lease, now);
        }
    }

    /**
     * What all leases came to, those that were given up included; tokens. What was granted was spent, returned,
     * stranded, or is held.
     *
     * @param granted to be spent here
     * @param spent of those
     * @param returned unused, and taken back
     * @param expired whose lease ended before their use or return was told, so that they count as spent
     * @param stranded of those: never spent
     * @param held now, or on their way back
     * @param denied where they were asked for, while the leader had said that there are none
     * @param deniedWaiting which requests had waited for, until a renewal said that there are none
     * @param counters of which leases are kept
     */
    public record Totals(
            long granted,
            long spent,
            long returned,
            long expired,
            long stranded,
            long held,
            long denied,
            long deniedWaiting,
            int counters) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0);

        Totals plus(Lease lease) {
            return new Totals(
                    granted + lease.ledger.grantedEver(),
                    spent + lease.ledger.spentEver(),
                    returned + lease.ledger.returnedEver(),
                    expired + lease.ledger.expiredEver(),
                    stranded + lease.ledger.strandedEver(),
                    held + lease.ledger.unsettled(),
                    denied + lease.pocket.deniedTokens(),
                    deniedWaiting + lease.waiters.deniedTokens(),
                    counters + 1);
        }

        /** The same of no counter, that is kept no more. */
        Totals ofNone() {
            return new Totals(granted, spent, returned, expired, stranded, 0, denied, deniedWaiting, 0);
        }
    }

    /** Counted anew with each call. */
    public Totals totals() {
        Totals sum = gone;
        for (Lease lease : leases) {
            sum = sum.plus(lease);
        }
        return sum;
    }

    /** Whether there is nothing to tick for: no pocket has tokens, and nothing is to be done. */
    public boolean idle() {
        return leases.isEmpty();
    }

    private void enqueue(Lease lease, long now) {
        if (!leases.contains(lease)) {
            return;
        }
        long next = lease.nextDueNanos(now);
        long at = next - now > 0 ? next : now + 1; // a tick looks at each lease once
        if (!lease.queued || at - lease.queuedAtNanos < 0) {
            lease.queued = true;
            lease.queuedAtNanos = at;
            queue.add(new Due(lease, at));
        }
    }

    // ---- on the loop: rules, recalls, the end

    /** Takes a namespace's rules over; leases are returned whose limits aren't in them, or not now. */
    public void learn(CompiledRules rules) {
        long now = clock.tick();
        String namespace = rules.rules().namespace();
        index.learn(rules);
        for (Lease lease : new ArrayList<>(leases)) {
            LeaseTarget target = lease.pocket.target();
            if (target.key().namespace().equals(namespace)) {
                if (lease.pocket.retired() || !stands(rules, target)) {
                    leave(lease, now);
                } else {
                    lease.rulesLearned(now);
                    enqueue(lease, now);
                }
            }
        }
        tellAll();
    }

    private static boolean stands(CompiledRules rules, LeaseTarget target) {
        long asOfMillis = rules.rules().asOfMillis();
        return rules.rule(target.key().ruleId())
                .filter(rule -> rule.limitId() == target.limitId()
                        && rule.rule().isLive(asOfMillis)
                        && rule.rule().leaseTerms().equals(target.leaseTerms())
                        && rule.rule().failureTerms().equals(target.failureTerms()))
                .isPresent();
    }

    private void leave(Lease lease, long now) {
        lease.leave(now);
        index.remove(lease.pocket);
        enqueue(lease, now);
    }

    /** The rules by which requests of a namespace are matched here; null if none. */
    public @Nullable CompiledRules rules(String namespace) {
        return index.rules(namespace);
    }

    /** Forgets a namespace's rules until they are learned again: its requests go to the leader. */
    public void forget(String namespace) {
        index.forget(namespace);
    }

    /** Returns all that is held of a counter. */
    public void recall(QuotaKey key) {
        long now = clock.tick();
        for (Lease lease : new ArrayList<>(leases)) {
            if (lease.pocket.target().key().equals(key)) {
                lease.recall(now);
                enqueue(lease, now);
            }
        }
        tellAll();
    }

    /** Returns all that is held of all counters: before the client closes. Who waits is told to resolve again. */
    public void returnAll() {
        long now = clock.tick();
        for (Lease lease : new ArrayList<>(leases)) {
            leave(lease, now);
        }
        tellAll();
    }

    // ---- for leases

    void drop(Lease lease) {
        if (leases.remove(lease)) {
            lease.ledger.end();
            gone = gone.plus(lease).ofNone();
            lease.queued = false;
            index.remove(lease.pocket);
        }
    }

    void lost(int group) {
        lostGroups.lost(group);
    }

    /** A leader of the group answered: what was lost meanwhile needn't wait for its turn. */
    void reached(int group) {
        long now = clock.nowNanos();
        if (!lostGroups.found(group, now)) {
            return;
        }
        long nanos = REPEATS_MIN_NANOS + leases.size() * REPEAT_NANOS;
        for (Lease lease : leases) {
            if (lease.pocket.target().group() == group) {
                lease.repeatWithin(nanos, now);
                enqueue(lease, now);
            }
        }
    }

    long random(long bound) {
        return environment.random().nextLong(bound);
    }

    long nextLeaseId() {
        return ++lastLeaseId;
    }

    /** A wait before the try after so many: doubled from try to try, drawn from the upper half of its range. */
    long jittered(int tries) {
        long doubled = settings.retryMinNanos() << Math.min(20, Math.max(0, tries));
        long range = doubled <= 0 ? settings.retryMaxNanos() : Math.min(settings.retryMaxNanos(), doubled);
        return range / 2 + environment.random().nextLong(range - range / 2 + 1);
    }

    /** The shortest time between two looks at one lease, so that many leases don't keep the loop busy. */
    long tickMinNanos() {
        return Math.min(TICK_SHARE_MAX_NANOS, leases.size() * TICK_SHARE_NANOS);
    }

    void tell(Waiter waiter, Answer answer, long retryAfterNanos) {
        told.add(new Told(waiter, answer, retryAfterNanos));
    }

    private void tellAll() {
        if (telling) {
            return; // called back by a waiter: whoever tells goes on with these too
        }
        telling = true;
        try {
            for (Told next = told.poll(); next != null; next = told.poll()) {
                next.waiter.answered(next.answer, next.retryAfterNanos);
            }
        } finally {
            telling = false;
        }
    }
}
