package io.quorate.core.machine;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.CloseSession;
import io.quorate.core.command.Command.FenceRules;
import io.quorate.core.command.Command.OpenSession;
import io.quorate.core.command.Command.PutRules;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Command.SettleRules;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.machine.CounterOverlay.Counter;
import io.quorate.core.machine.LimitOverlay.Terms;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.AppliedRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Applies the commands of one entry, in order, to overlays of the state.
 *
 * <p>A command is first checked for what its sender should have checked, then for its session and sequence,
 * then decided. Only decisions are kept as answers: a refusal changes nothing, so a repeat may be decided.
 */
final class EntryApplier implements Command.Visitor<Applied> {
    private final StateView view;
    private final MachineLimits limits;
    private final LogEntry entry;
    private final long index;
    private final long nowMillis;
    private final CounterOverlay counters;
    private final SessionOverlay sessions;
    private final LimitOverlay terms;
    private final LongTable<Limit> offeredTerms = new LongTable<>();
    private final LimitPruning pruning;
    private final RulesOverlay rules;
    private final CounterLeases leases;
    private final Decision decision;
    private byte[] sweepCursor;
    private int position;

    EntryApplier(StateView view, MachineLimits limits, LeaseArithmetic arithmetic, long index, LogEntry entry) {
        this.view = view;
        this.limits = limits;
        this.entry = entry;
        this.index = index;
        this.nowMillis = logTime(view.header().logTimeMillis(), entry.logTimeMillis());
        this.counters = new CounterOverlay(view);
        this.sessions = new SessionOverlay(view, limits, nowMillis);
        this.terms = new LimitOverlay(view, this::offered);
        this.pruning = new LimitPruning(view, limits.idleLimitsMax());
        this.rules = new RulesOverlay(view, limits, nowMillis);
        this.leases = new CounterLeases(counters, terms, limits, arithmetic, nowMillis);
        this.decision = new Decision(counters, terms, leases, nowMillis);
        this.sweepCursor = view.header().sweepCursor();
    }

    Transition apply(long term) {
        List<Applied> answers = new ArrayList<>(entry.commands().size());
        for (Command command : entry.commands()) {
            answers.add(command.accept(this));
            position++;
        }
        LeaseFlow flow = counters.leaseFlow();
        return new Transition(changes(term, flow), answers, flow);
    }

    @Override
    public Applied openSession(OpenSession command) {
        String name = command.clientName();
        if (name.getBytes(StandardCharsets.UTF_8).length > Names.NAME_BYTES_MAX) {
            return refused(Reason.INVALID);
        }
        if (!sessions.hasRoom()) {
            return refused(Reason.SESSIONS_FULL);
        }
        return applied(new Outcome.SessionOpened(sessions.open(name), limits.sessionTtlMillis()));
    }

    @Override
    public Applied closeSession(CloseSession command) {
        return done(sessions.close(command.sessionId()) ? 1 : 0);
    }

    @Override
    public Applied acquire(Acquire command) {
        long sequence = command.sequence();
        List<Charge> charges = command.charges();
        if (!isInOrder(sequence, command.ackedBelow())
                || command.cost() < 1
                || command.cost() > Command.COST_MAX
                || charges.size() > Command.CHARGES_MAX) {
            return refused(Reason.INVALID);
        }
        Session session = sessions.use(command.sessionId());
        if (session == sessions.none()) {
            return refused(Reason.UNKNOWN_SESSION);
        }
        sessions.forgetBelow(session, command.ackedBelow());
        long payloadHash = Digests.acquirePayload(command.requestHash(), command.cost());
        if (session.hasAnswer(sequence)) {
            return repeated(session, sequence, payloadHash);
        }
        if (!isInWindow(session, sequence)) {
            return outsideWindow(session, sequence);
        }
        if (!sessions.hasRoomForAnswer(session, sequence)) {
            return refused(Reason.ANSWERS_FULL);
        }
        if (entry.rulesVersion() < rules.version()) {
            return refused(Reason.STALE_RULES);
        }
        if (!decision.prepare(charges)) {
            return refused(Reason.INVALID);
        }
        if (decision.asksPermits() && !session.hasRoomForPermits(nowMillis, limits.windowMax())) {
            return refused(Reason.WINDOW_FULL);
        }
        if (decision.decide(command.cost(), new ChargeId(session.id(), sequence))) {
            long rowsFree = limits.countersMax() - counters.live();
            int rowsNeeded = decision.rowsNeeded();
            if (rowsNeeded > 0 && rowsNeeded > rowsFree) {
                return refused(Reason.COUNTERS_FULL);
            }
            keepGrant(session, command, decision.charge(rowsFree));
        }
        return kept(session, sequence, payloadHash, decision.result());
    }

    @Override
    public Applied refund(Refund command) {
        long sequence = command.sequence();
        if (!isInOrder(sequence, command.ackedBelow()) || command.count() < 1) {
            return refused(Reason.INVALID);
        }
        Session session = sessions.use(command.sessionId());
        if (session == sessions.none()) {
            return refused(Reason.UNKNOWN_SESSION);
        }
        sessions.forgetBelow(session, command.ackedBelow());
        long payloadHash = Digests.refundPayload(command.acquireSequence(), command.count());
        if (session.hasAnswer(sequence)) {
            return repeated(session, sequence, payloadHash);
        }
        if (!isInWindow(session, sequence)) {
            return outsideWindow(session, sequence);
        }
        if (!sessions.hasRoomForAnswer(session, sequence)) {
            return refused(Reason.ANSWERS_FULL);
        }
        Optional<Grant> found = session.grant(command.acquireSequence());
        if (found.isEmpty() || found.get().refundableUntilMillis() < nowMillis) {
            return refused(Reason.NOTHING_TO_REFUND);
        }
        Grant grant = found.get();
        long count = Math.min(command.count(), grant.cost() - grant.refunded());
        long refunded = giveBack(grant, count, new ChargeId(session.id(), grant.sequence()));
        session.replaceGrant(grant.givenBack(count));
        return kept(session, sequence, payloadHash, new Outcome.Refunded(refunded));
    }

    @Override
    public Applied reset(Reset command) {
        Counter counter = counters.get(command.key());
        if (counter.isFresh()) {
            return done(0);
        }
        leases.settle(counter);
        leases.reset(counter);
        return done(1);
    }

    @Override
    public Applied sweep(Sweep command) {
        int countMax = command.countMax();
        if (countMax < 1 || countMax > Sweep.COUNT_MAX) {
            return refused(Reason.INVALID);
        }
        long removed = sessions.closeExpired();
        List<CounterEntry> rows = view.countersAfter(sweepCursor, countMax);
        for (CounterEntry row : rows) {
            pruning.seen(row.row().limitId());
            Counter counter = counters.get(row);
            if (!counter.isFresh() && sweep(counter)) {
                removed++;
            }
        }
        if (rows.size() < countMax) {
            // That was the end, and the next sweep begins again.
            sweepCursor = new byte[0];
            pruning.passEnded();
        } else {
            sweepCursor = rows.get(countMax - 1).key().bytes();
        }
        return done(removed);
    }

    /** Ends a counter's expired leases, and removes it if nothing is left of it. */
    private boolean sweep(Counter counter) {
        Meter meter = terms.get(counter.limitId()).meter();
        boolean leased = counter.isLeased();
        if (!leased && !(meter.settle(counter.state(), nowMillis) instanceof CounterState.Fresh)) {
            return false;
        }
        counters.keep(counter);
        if (leased) {
            leases.settle(counter);
        } else {
            counters.set(counter, 0, CounterState.Fresh.INSTANCE);
        }
        return counter.isFresh();
    }

    @Override
    public Applied fenceRules(FenceRules command) {
        return done(rules.fence(command.version()) ? 1 : 0);
    }

    @Override
    public Applied putRules(PutRules command) {
        return applied(rules.put(command));
    }

    @Override
    public Applied settleRules(SettleRules command) {
        return done(rules.settle());
    }

    @Override
    public Applied renewLease(RenewLease command) {
        if (!isSound(command)) {
            return refused(Reason.INVALID);
        }
        Session session = sessions.use(command.sessionId());
        if (session == sessions.none()) {
            return refused(Reason.UNKNOWN_SESSION);
        }
        return applied(leases.renew(command, session, entry.rulesVersion() < rules.version()));
    }

    private boolean isSound(RenewLease command) {
        return command.leaseId() >= 1
                && command.sequence() >= 1
                && command.spent() >= 0
                && command.returned() >= 0
                && command.need() >= 0
                && command.want() >= 0
                && command.need() <= Command.COST_MAX
                && command.want() <= Command.COST_MAX - command.need()
                && command.ttlMillis() >= 1
                && command.ttlMillis() <= limits.leaseTtlMillisMax();
    }

    /** A time that no meter could reckon with is a fault of the sender; log time then stays where it was. */
    private static long logTime(long last, long stamped) {
        return stamped > LogEntry.LOG_TIME_MILLIS_MAX ? last : Math.max(last, stamped);
    }

    private Optional<Limit> offered(int limitId) {
        if (offeredTerms.values().isEmpty()) {
            for (LimitDefinition definition : entry.limits()) {
                if (offeredTerms.find(definition.limitId()) < 0) {
                    offeredTerms.add(definition.limitId(), definition.limit());
                }
            }
        }
        int place = offeredTerms.find(limitId);
        return place < 0 ? Optional.empty() : Optional.of(offeredTerms.at(place));
    }

    private static boolean isInOrder(long sequence, long ackedBelow) {
        return sequence >= 1 && sequence <= Command.SEQUENCE_MAX && ackedBelow <= sequence;
    }

    private boolean isInWindow(Session session, long sequence) {
        return sequence >= session.base() && sequence - session.base() < limits.windowMax();
    }

    private Applied outsideWindow(Session session, long sequence) {
        return refused(sequence < session.base() ? Reason.UNKNOWN_EXPIRED : Reason.WINDOW_FULL);
    }

    private Applied repeated(Session session, long sequence, long payloadHash) {
        return session.payloadHash(sequence) == payloadHash
                ? session.answer(sequence)
                : refused(Reason.PAYLOAD_MISMATCH);
    }

    private void keepGrant(Session session, Acquire command, List<Charge> charged) {
        if (!charged.isEmpty()) {
            long until = decision.refundableUntilMillis(nowMillis + limits.chargeKeptMillis());
            session.keepGrant(
                    new Grant(
                            command.sequence(),
                            command.cost(),
                            0,
                            nowMillis,
                            until,
                            decision.permitsCharged(),
                            charged),
                    limits.chargesKeptMax());
        }
    }

    /**
     * Gives tokens of a grant back on each of its counters, and gives the most that one of them took back.
     *
     * <p>A counter that was converted to another limit since is left alone, because the conversion may have dropped
     * what would be given back; but permits are known by their holder, and are released under any limit.
     */
    private long giveBack(Grant grant, long count, ChargeId id) {
        long most = 0;
        for (Charge charge : grant.charges()) {
            Counter counter = counters.get(charge.key());
            if (counter.isFresh()) {
                continue;
            }
            leases.settle(counter);
            if (counter.isFresh()) {
                continue;
            }
            Terms current = terms.get(counter.limitId());
            if (counter.limitId() == charge.limitId() || current.isConcurrency()) {
                Meter.Refund refund = current.meter().refund(counter.state(), nowMillis, count, grant.atMillis(), id);
                most = Math.max(most, leases.refund(counter, current.meter(), refund));
            }
        }
        return most;
    }

    private Applied kept(Session session, long sequence, long payloadHash, Outcome outcome) {
        Applied answer = applied(outcome);
        sessions.keepAnswer(session, sequence, payloadHash, answer);
        return answer;
    }

    private Applied done(long changed) {
        return applied(new Outcome.Done(changed));
    }

    private Applied refused(Reason reason) {
        return applied(new Outcome.Refused(reason));
    }

    private Applied applied(Outcome outcome) {
        return new Applied(index, position, nowMillis, rules.version(), outcome);
    }

    private StateChanges changes(long term, LeaseFlow flow) {
        List<CounterEntry> changedCounters = new ArrayList<>();
        List<Session> touchedSessions = new ArrayList<>();
        List<Long> closedSessions = new ArrayList<>();
        List<LimitDefinition> newLimits = new ArrayList<>();
        List<Integer> removedLimits = new ArrayList<>();
        List<AppliedRules> changedRules = new ArrayList<>();
        long digest = view.header().digest();
        digest += counters.collect(changedCounters, pruning);
        digest += sessions.collect(touchedSessions, closedSessions);
        digest += terms.collect(newLimits);
        digest += pruning.collect(removedLimits);
        digest += rules.collect(changedRules);
        Header header = new Header(
                index,
                term,
                nowMillis,
                rules.version(),
                sessions.nextId(),
                rules.nextLimitId(),
                sweepCursor,
                pruning.after(),
                counters.live(),
                // Less than 0 only after headers that didn't have it, until nothing of then is out any more.
                Math.max(0, view.header().leasedTokens() + flow.outstandingAdded()),
                digest);
        return new StateChanges(
                header,
                changedCounters,
                touchedSessions,
                closedSessions,
                sessions.answerSpanAdded(),
                newLimits,
                removedLimits,
                changedRules);
    }
}
