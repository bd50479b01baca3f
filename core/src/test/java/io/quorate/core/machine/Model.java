package io.quorate.core.machine;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
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
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.command.Outcome.Done;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Ledger.Lease;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The machine written again as plainly as can be: one command after the other on sorted maps, no overlay, no
 * cache, no rings, no hashes. Only the meters are shared.
 */
final class Model implements Command.Visitor<Applied> {
    /** A session of the model. */
    static final class ModelSession {
        long lastUsed;
        long base = 1;
        long lastLease;
        final TreeMap<Long, Applied> answers = new TreeMap<>();
        final TreeMap<Long, List<Long>> payloads = new TreeMap<>();
        final TreeMap<Long, Grant> grants = new TreeMap<>();
        final TreeMap<Long, Grant> permits = new TreeMap<>();

        List<Grant> allGrants() {
            TreeMap<Long, Grant> all = new TreeMap<>(grants);
            all.putAll(permits);
            return List.copyOf(all.values());
        }
    }

    private final MachineLimits bounds;
    final TreeMap<QuotaKey, CounterRow> counters = new TreeMap<>();
    final TreeMap<Long, ModelSession> sessions = new TreeMap<>();
    final TreeMap<Integer, Limit> limits = new TreeMap<>();
    final TreeMap<String, AppliedRules> rules = new TreeMap<>();
    long now;
    long rulesVersion;
    long nextSession = 1;
    int nextLimit = 1;
    Optional<QuotaKey> cursor = Optional.empty();
    /** Limits that the sweep looks for and hasn't seen; and where it looks next. */
    TreeSet<Integer> idle = new TreeSet<>();

    int idleCursor;
    private final TreeSet<Integer> ended = new TreeSet<>();
    private TreeMap<QuotaKey, CounterRow> rowsBefore = new TreeMap<>();
    private TreeMap<Integer, Limit> limitsBefore = new TreeMap<>();
    private LogEntry entry = new LogEntry(0, 0, List.of(), List.of());
    private List<QuotaKey> keysBefore = List.of();
    private long index;
    private int position;

    Model(MachineLimits bounds) {
        this.bounds = bounds;
    }

    List<Applied> apply(long entryIndex, LogEntry next) {
        entry = next;
        index = entryIndex;
        now = Math.max(now, next.logTimeMillis());
        keysBefore = List.copyOf(counters.keySet());
        rowsBefore = new TreeMap<>(counters);
        limitsBefore = new TreeMap<>(limits);
        List<Applied> answers = new ArrayList<>();
        for (position = 0; position < next.commands().size(); position++) {
            answers.add(next.commands().get(position).accept(this));
        }
        counters.forEach((key, row) -> {
            if (rowsBefore.getOrDefault(key, CounterRow.FRESH).limitId() != row.limitId()) {
                idle.remove(row.limitId());
            }
        });
        // Said another way than the machine does: of those that a pass didn't see, no counter has one.
        ended.forEach(limitId -> {
            if (counters.values().stream().noneMatch(row -> row.limitId() == limitId)) {
                limits.remove(limitId);
            }
        });
        ended.clear();
        return answers;
    }

    private Applied answer(Outcome outcome) {
        return new Applied(index, position, now, rulesVersion, outcome);
    }

    private Applied refused(Reason reason) {
        return answer(new Refused(reason));
    }

    private Applied done(long changed) {
        return answer(new Done(changed));
    }

    @Override
    public Applied openSession(OpenSession command) {
        if (command.clientName().length() > 64) {
            return refused(Reason.INVALID);
        }
        if (sessions.size() >= bounds.sessionsMax()) {
            sessions.values().removeIf(this::isIdle);
        }
        if (sessions.size() >= bounds.sessionsMax()) {
            return refused(Reason.SESSIONS_FULL);
        }
        ModelSession session = new ModelSession();
        session.lastUsed = now;
        sessions.put(nextSession, session);
        return answer(new Outcome.SessionOpened(nextSession++, bounds.sessionTtlMillis()));
    }

    private int closeExpired() {
        int before = sessions.size();
        sessions.values().removeIf(this::isExpired);
        return before - sessions.size();
    }

    private boolean isIdle(ModelSession session) {
        return session.lastUsed + bounds.sessionTtlMillis() < now;
    }

    private boolean isExpired(ModelSession session) {
        return isIdle(session) && session.permits.values().stream().allMatch(p -> p.refundableUntilMillis() < now);
    }

    @Override
    public Applied closeSession(CloseSession command) {
        return done(sessions.remove(command.sessionId()) != null ? 1 : 0);
    }

    /** The answer that needs no decision; empty if one is to be made. */
    private Optional<Applied> withoutDecision(long id, long sequence, long ackedBelow, List<Long> payload) {
        ModelSession session = sessions.get(id);
        if (session == null || isExpired(session)) {
            sessions.remove(id);
            return Optional.of(refused(Reason.UNKNOWN_SESSION));
        }
        session.lastUsed = now;
        session.base = Math.max(session.base, ackedBelow);
        session.answers.headMap(session.base).clear();
        session.payloads.headMap(session.base).clear();
        if (sequence < session.base) {
            return Optional.of(refused(Reason.UNKNOWN_EXPIRED));
        }
        if (session.answers.containsKey(sequence)) {
            return Optional.of(
                    session.payloads.get(sequence).equals(payload)
                            ? session.answers.get(sequence)
                            : refused(Reason.PAYLOAD_MISMATCH));
        }
        if (sequence >= session.base + bounds.windowMax()) {
            return Optional.of(refused(Reason.WINDOW_FULL));
        }
        if (sequence >= end(session)) {
            if (span() + sequence + 1 - end(session) > bounds.answerSpanMax()) {
                sessions.values().removeIf(this::isIdle);
            }
            if (span() + sequence + 1 - end(session) > bounds.answerSpanMax()) {
                return Optional.of(refused(Reason.ANSWERS_FULL));
            }
        }
        return Optional.empty();
    }

    private static long end(ModelSession session) {
        return session.answers.isEmpty() ? session.base : session.answers.lastKey() + 1;
    }

    /** From the oldest unanswered sequence of each session to its last. */
    long span() {
        return sessions.values().stream().mapToLong(s -> end(s) - s.base).sum();
    }

    private Applied keep(long id, long sequence, List<Long> payload, Outcome outcome) {
        ModelSession session = sessions.get(id);
        session.answers.put(sequence, answer(outcome));
        session.payloads.put(sequence, payload);
        return session.answers.get(sequence);
    }

    @Override
    public Applied acquire(Acquire command) {
        long sequence = command.sequence();
        if (sequence < 1
                || sequence > Command.SEQUENCE_MAX
                || command.ackedBelow() > sequence
                || command.cost() < 1
                || command.cost() > 1_000_000_000
                || command.charges().size() > 128) {
            return refused(Reason.INVALID);
        }
        List<Long> payload = List.of(1L, command.requestHash(), command.cost());
        Optional<Applied> known = withoutDecision(command.sessionId(), sequence, command.ackedBelow(), payload);
        if (known.isPresent()) {
            return known.get();
        }
        if (entry.rulesVersion() < rulesVersion) {
            return refused(Reason.STALE_RULES);
        }
        HashSet<QuotaKey> keys = new HashSet<>();
        for (Charge charge : command.charges()) {
            if (terms(charge.limitId()).isEmpty() || !keys.add(charge.key())) {
                return refused(Reason.INVALID);
            }
        }
        TreeMap<Long, Grant> held = sessions.get(command.sessionId()).permits;
        if (command.charges().stream().anyMatch(this::isConcurrency) && held.size() >= bounds.windowMax()) {
            held.values().removeIf(p -> p.refundableUntilMillis() < now);
            if (held.size() >= bounds.windowMax()) {
                return refused(Reason.WINDOW_FULL);
            }
        }
        ChargeId id = new ChargeId(command.sessionId(), sequence);
        for (Charge charge : command.charges()) {
            settle(charge.key());
            adopt(charge.key(), charge.limitId());
        }
        List<Verdict> verdicts = new ArrayList<>();
        boolean allowed = true;
        long newRows = 0;
        for (Charge charge : command.charges()) {
            Verdict verdict = ask(charge, command.cost(), id);
            verdicts.add(verdict);
            allowed &= verdict.allowed() || charge.mode() == Mode.SHADOW;
            newRows += charge.mode() == Mode.ENFORCE && !counters.containsKey(charge.key()) ? 1 : 0;
        }
        if (allowed && newRows > 0 && counters.size() + newRows > bounds.countersMax()) {
            return refused(Reason.COUNTERS_FULL);
        }
        List<ChargeResult> results = results(command.charges(), verdicts, allowed);
        if (allowed) {
            charge(command, verdicts, newRows);
        }
        return keep(command.sessionId(), sequence, payload, new Acquired(allowed, results));
    }

    private List<ChargeResult> results(List<Charge> charges, List<Verdict> verdicts, boolean allowed) {
        List<ChargeResult> results = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict v = verdicts.get(i);
            if (!allowed && v.allowed()) {
                // Another way than the machine's to ask what an uncharged counter says.
                v = ask(charges.get(i), Long.MAX_VALUE / 4, new ChargeId(9, 9));
                results.add(new ChargeResult(true, v.remaining(), 0, v.resetAfterMillis()));
            } else {
                results.add(new ChargeResult(v.allowed(), v.remaining(), v.retryAfterMillis(), v.resetAfterMillis()));
            }
        }
        return results;
    }

    private void charge(Acquire command, List<Verdict> verdicts, long newRows) {
        long shadowRows = bounds.countersMax() - counters.size() - newRows;
        List<Charge> charged = new ArrayList<>();
        long until = now + bounds.chargeKeptMillis();
        for (int i = 0; i < verdicts.size(); i++) {
            Charge charge = command.charges().get(i);
            Limit limit = terms(charge.limitId()).orElseThrow();
            if (limit.algorithm() == Algorithm.CONCURRENCY) {
                until = Math.max(until, now + limit.periodMillis());
            }
            boolean shadowRow = charge.mode() == Mode.SHADOW && !counters.containsKey(charge.key());
            if (verdicts.get(i).allowed() && !(shadowRow && shadowRows <= 0)) {
                shadowRows -= shadowRow ? 1 : 0;
                put(charge.key(), charge.limitId(), verdicts.get(i).next());
                charged.add(charge);
            }
        }
        boolean permits = charged.stream().anyMatch(this::isConcurrency);
        ModelSession session = sessions.get(command.sessionId());
        TreeMap<Long, Grant> grants = permits ? session.permits : session.grants;
        if (!charged.isEmpty()) {
            while (!grants.isEmpty() && grants.firstEntry().getValue().refundableUntilMillis() < now) {
                grants.pollFirstEntry();
            }
            grants.put(
                    command.sequence(), new Grant(command.sequence(), command.cost(), 0, now, until, permits, charged));
            if (!permits && grants.size() > bounds.chargesKeptMax()) {
                grants.pollFirstEntry();
            }
        }
    }

    private boolean isConcurrency(Charge charge) {
        return terms(charge.limitId()).orElseThrow().algorithm() == Algorithm.CONCURRENCY;
    }

    private CounterRow row(QuotaKey key) {
        return counters.getOrDefault(key, CounterRow.FRESH);
    }

    private CounterState inner(QuotaKey key) {
        CounterState state = row(key).state();
        return state instanceof CounterState.Leased leased ? leased.inner() : state;
    }

    /** Who holds what, by session; a copy. */
    private TreeMap<Long, Lease> ledger(QuotaKey key) {
        TreeMap<Long, Lease> ledger = new TreeMap<>();
        if (row(key).state() instanceof CounterState.Leased leased) {
            leased.ledger().leases().forEach(lease -> ledger.put(lease.sessionId(), lease));
        }
        return ledger;
    }

    private static long out(TreeMap<Long, Lease> ledger) {
        return ledger.values().stream().mapToLong(Lease::outstanding).sum();
    }

    /** Changes the algorithm's state alone. */
    private void put(QuotaKey key, int limitId, CounterState state) {
        put(key, limitId, state, ledger(key));
    }

    private void put(QuotaKey key, int limitId, CounterState state, TreeMap<Long, Lease> ledger) {
        if (state instanceof CounterState.Fresh && ledger.isEmpty()) {
            counters.remove(key);
        } else {
            limits.putIfAbsent(limitId, terms(limitId).orElseThrow());
            counters.put(
                    key,
                    new CounterRow(
                            limitId,
                            ledger.isEmpty()
                                    ? state
                                    : new CounterState.Leased(state, Ledger.of(List.copyOf(ledger.values())))));
        }
    }

    private Verdict ask(Charge charge, long cost, ChargeId id) {
        Meter meter = meter(charge.limitId());
        CounterState state = inner(charge.key());
        long out = out(ledger(charge.key()));
        Verdict verdict = meter.acquire(meter.lending().seen(state, now, out), now, cost, id);
        return verdict.allowed() && out > 0
                ? new Verdict(
                        true,
                        meter.acquire(state, now, cost, id).next(),
                        verdict.remaining(),
                        0,
                        verdict.resetAfterMillis())
                : verdict;
    }

    /** Lets the counter's time pass up to now, one lease's end after the other. */
    private void settle(QuotaKey key) {
        TreeMap<Long, Lease> ledger = ledger(key);
        if (ledger.isEmpty()) {
            return;
        }
        int limitId = row(key).limitId();
        Lending lending = meter(limitId).lending();
        CounterState state = inner(key);
        while (ledger.values().stream().anyMatch(lease -> lease.expiresAtMillis() <= now)) {
            Lease first = ledger.values().stream()
                    .min(Comparator.comparingLong(Lease::expiresAtMillis))
                    .orElseThrow();
            state = lending.clamp(state, first.expiresAtMillis() - 1, out(ledger));
            state = lending.spend(state, first.expiresAtMillis() - 1, first.outstanding());
            ledger.remove(first.sessionId());
        }
        state = lending.clamp(state, now, out(ledger));
        put(key, limitId, ledger.isEmpty() ? meter(limitId).settle(state, now) : state, ledger);
    }

    private void adopt(QuotaKey key, int limitId) {
        CounterRow row = row(key);
        if (!row.isFresh() && row.limitId() != limitId) {
            Meter next = meter(limitId);
            Meter previous = meter(row.limitId());
            long out = out(ledger(key));
            limits.putIfAbsent(limitId, next.limit());
            CounterState state = next.adopt(previous, previous.lending().giveBack(inner(key), now, out), now);
            state = next.lending().lend(state, now, out);
            put(key, limitId, clamped(key, next, state));
        }
    }

    private CounterState clamped(QuotaKey key, Meter meter, CounterState state) {
        TreeMap<Long, Lease> ledger = ledger(key);
        return ledger.isEmpty() ? meter.settle(state, now) : meter.lending().clamp(state, now, out(ledger));
    }

    private Optional<Limit> terms(int limitId) {
        if (limits.containsKey(limitId)) {
            return Optional.of(limits.get(limitId));
        }
        return entry.limits().stream()
                .filter(l -> l.limitId() == limitId && limitId > 0)
                .map(LimitDefinition::limit)
                .findFirst();
    }

    private Meter meter(int limitId) {
        return Meter.of(terms(limitId).orElseThrow());
    }

    @Override
    public Applied refund(Refund command) {
        long sequence = command.sequence();
        if (sequence < 1 || sequence > Command.SEQUENCE_MAX || command.ackedBelow() > sequence || command.count() < 1) {
            return refused(Reason.INVALID);
        }
        List<Long> payload = List.of(2L, command.acquireSequence(), command.count());
        Optional<Applied> known = withoutDecision(command.sessionId(), sequence, command.ackedBelow(), payload);
        if (known.isPresent()) {
            return known.get();
        }
        ModelSession session = sessions.get(command.sessionId());
        TreeMap<Long, Grant> grants =
                session.permits.containsKey(command.acquireSequence()) ? session.permits : session.grants;
        Grant grant = grants.get(command.acquireSequence());
        if (grant == null || grant.refundableUntilMillis() < now) {
            return refused(Reason.NOTHING_TO_REFUND);
        }
        long count = Math.min(command.count(), grant.cost() - grant.refunded());
        long most = 0;
        for (Charge charge : grant.charges()) {
            settle(charge.key());
            CounterRow row = row(charge.key());
            if (!row.isFresh()) {
                Meter meter = meter(row.limitId());
                if (row.limitId() == charge.limitId() || meter.limit().algorithm() == Algorithm.CONCURRENCY) {
                    ChargeId id = new ChargeId(command.sessionId(), grant.sequence());
                    CounterState before = inner(charge.key());
                    Meter.Refund refund = meter.refund(before, now, count, grant.atMillis(), id);
                    CounterState after = clamped(charge.key(), meter, refund.next());
                    boolean leased = row.state() instanceof CounterState.Leased;
                    put(charge.key(), row.limitId(), after);
                    long fewer = meter.used(before, now) - meter.used(after, now);
                    most = Math.max(most, leased ? Math.min(fewer, refund.refunded()) : refund.refunded());
                }
            }
        }
        long refunded = grant.refunded() + count;
        grants.remove(grant.sequence());
        if (refunded < grant.cost()) {
            grants.put(
                    grant.sequence(),
                    new Grant(
                            grant.sequence(),
                            grant.cost(),
                            refunded,
                            grant.atMillis(),
                            grant.refundableUntilMillis(),
                            grant.holdsPermits(),
                            grant.charges()));
        }
        return keep(command.sessionId(), sequence, payload, new Outcome.Refunded(most));
    }

    @Override
    public Applied reset(Reset command) {
        QuotaKey key = command.key();
        if (!counters.containsKey(key)) {
            return done(0);
        }
        settle(key);
        TreeMap<Long, Lease> ledger = ledger(key);
        if (ledger.isEmpty()) {
            counters.remove(key);
        } else {
            Meter meter = meter(row(key).limitId());
            CounterState out = meter.lending().lend(CounterState.Fresh.INSTANCE, now, out(ledger));
            put(key, row(key).limitId(), clamped(key, meter, out));
        }
        return done(1);
    }

    /** Looks at the rows that were there before the entry. */
    @Override
    public Applied sweep(Sweep command) {
        if (command.countMax() < 1 || command.countMax() > 10_000) {
            return refused(Reason.INVALID);
        }
        long removed = closeExpired();
        List<QuotaKey> page = keysBefore.stream()
                .filter(key -> cursor.isEmpty() || key.compareTo(cursor.get()) > 0)
                .limit(command.countMax())
                .toList();
        for (QuotaKey key : page) {
            idle.remove(rowsBefore.get(key).limitId());
            if (!counters.containsKey(key)) {
                continue;
            }
            settle(key);
            CounterRow row = row(key);
            if (row.isFresh()) {
                removed++;
            } else if (!(row.state() instanceof CounterState.Leased)
                    && meter(row.limitId()).settle(row.state(), now) instanceof CounterState.Fresh) {
                counters.remove(key);
                removed++;
            }
        }
        cursor = page.size() < command.countMax() ? Optional.empty() : Optional.of(page.get(page.size() - 1));
        if (cursor.isEmpty()) {
            ended.addAll(idle);
            List<Integer> next = limitsBefore.keySet().stream()
                    .filter(limitId -> limitId > idleCursor)
                    .limit(bounds.idleLimitsMax())
                    .toList();
            idleCursor = next.size() < bounds.idleLimitsMax() ? 0 : next.get(next.size() - 1);
            idle = new TreeSet<>(next);
            idle.removeAll(ended);
        }
        return done(removed);
    }

    @Override
    public Applied renewLease(RenewLease c) {
        if (c.leaseId() < 1
                || c.sequence() < 1
                || c.spent() < 0
                || c.returned() < 0
                || c.need() < 0
                || c.want() < 0
                || c.need() + c.want() > 1_000_000_000
                || c.ttlMillis() < 1
                || c.ttlMillis() > bounds.leaseTtlMillisMax()) {
            return refused(Reason.INVALID);
        }
        ModelSession session = sessions.get(c.sessionId());
        if (session == null || isExpired(session)) {
            sessions.remove(c.sessionId());
            return refused(Reason.UNKNOWN_SESSION);
        }
        session.lastUsed = now;
        settle(c.key());
        TreeMap<Long, Lease> ledger = ledger(c.key());
        Lease held = ledger.get(c.sessionId());
        boolean opens = held == null || held.leaseId() < c.leaseId();
        if (opens && (c.sequence() != 1 || c.limitId() == 0)) {
            return refused(Reason.LEASE_UNKNOWN);
        }
        if (opens && c.leaseId() <= session.lastLease) {
            return refused(Reason.LEASE_STALE);
        }
        if (!opens && (held.leaseId() > c.leaseId() || held.sequence() > c.sequence())) {
            return refused(Reason.LEASE_STALE);
        }
        if (!opens && held.sequence() == c.sequence()) {
            return renewed(c, held);
        }
        if (c.limitId() != 0) {
            if (entry.rulesVersion() < rulesVersion) {
                return refused(Reason.STALE_RULES);
            }
            if (terms(c.limitId()).isEmpty()) {
                return refused(Reason.INVALID);
            }
            if (meter(c.limitId()).lending().lastsMillisMax() == 0) {
                return refused(Reason.NOT_LEASABLE);
            }
            if (held == null && ledger.size() >= bounds.leasesPerCounterMax()) {
                return refused(Reason.LEASES_FULL);
            }
            if (!counters.containsKey(c.key()) && counters.size() >= bounds.countersMax()) {
                return refused(Reason.COUNTERS_FULL);
            }
            adopt(c.key(), c.limitId());
        }
        if (opens) {
            session.lastLease = c.leaseId();
        }
        return renewed(c, renew(c, held, opens));
    }

    /** Books a renewal that is executed. */
    private Lease renew(RenewLease c, @Nullable Lease held, boolean opens) {
        int limitId = c.limitId() == 0 ? row(c.key()).limitId() : c.limitId();
        Meter meter = meter(limitId);
        Lending lending = meter.lending();
        TreeMap<Long, Lease> ledger = ledger(c.key());
        CounterState state = inner(c.key());
        Lease before = held;
        if (before == null || opens) {
            state = before == null ? state : lending.spend(state, now, before.outstanding());
            before = new Lease(c.sessionId(), c.leaseId(), 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        long spent = Math.min(before.outstanding(), Math.max(0, c.spent() - before.spent()));
        long returned = Math.min(before.outstanding() - spent, Math.max(0, c.returned() - before.returned()));
        state = lending.giveBack(lending.spend(state, now, spent), now, returned);
        ledger.remove(c.sessionId());
        long others = out(ledger);
        long kept = before.outstanding() - spent - returned;
        state = lending.clamp(state, now, others + kept);
        long lasts = Math.min(c.ttlMillis(), lending.lastsMillisMax(now));
        long asked = c.limitId() == 0 ? 0 : lasts > 0 ? c.need() + c.want() : c.need();
        long granted = Math.min(asked, lending.available(state, now, others + kept));
        long consumed = Math.min(granted, c.need());
        state = lending.spend(lending.lend(state, now, granted), now, consumed);
        long held2 = others + kept + granted - consumed;
        boolean extended = opens || c.limitId() != 0 && held2 <= meter.limit().capacity();
        Lease after = new Lease(
                c.sessionId(),
                c.leaseId(),
                c.sequence(),
                granted,
                consumed,
                extended ? lasts : Math.max(0, before.expiresAtMillis() - 1 - now),
                before.granted() + granted,
                before.spent() + spent + consumed,
                before.returned() + returned,
                extended ? Math.max(before.expiresAtMillis(), now + lasts + 1) : before.expiresAtMillis(),
                extended ? c.limitId() : before.limitId());
        ledger.put(c.sessionId(), after);
        put(c.key(), limitId, state, ledger);
        return after;
    }

    private Applied renewed(RenewLease c, Lease lease) {
        Meter meter = meter(row(c.key()).limitId());
        long out = out(ledger(c.key()));
        CounterState state = inner(c.key());
        CounterState seen = meter.lending().seen(state, now, out);
        Verdict one = meter.acquire(seen, now, 1, new ChargeId(9, 9));
        boolean more = c.limitId() != 0 && lease.lastGranted() < c.need() + c.want();
        return answer(new Outcome.LeaseRenewed(
                lease.lastGranted(),
                lease.lastConsumed(),
                lease.lastValidMillis(),
                meter.lending().available(state, now, out),
                out,
                lease.outstanding(),
                !more ? 0 : one.allowed() ? 1 : one.retryAfterMillis(),
                meter.acquire(seen, now, Long.MAX_VALUE / 4, new ChargeId(9, 9)).resetAfterMillis()));
    }

    @Override
    public Applied fenceRules(FenceRules command) {
        long before = rulesVersion;
        rulesVersion = Math.max(rulesVersion, command.version());
        return done(rulesVersion > before ? 1 : 0);
    }

    @Override
    public Applied settleRules(Command.SettleRules command) {
        int due = 0;
        for (AppliedRules known : List.copyOf(rules.values())) {
            boolean turns = known.asOfMillis() > 0
                    && known.rules().stream()
                            .flatMap(r -> r.rule().activation().windows().stream())
                            .anyMatch(w -> isDue(w.fromMillis(), known) || isDue(w.untilMillis(), known));
            if (turns) {
                due++;
                rulesVersion++;
                rules.put(
                        known.namespace(),
                        new AppliedRules(known.namespace(), rulesVersion, known.colocate(), now, known.rules()));
            }
        }
        return done(due);
    }

    private boolean isDue(long edgeMillis, AppliedRules rules) {
        return edgeMillis > rules.asOfMillis() && edgeMillis <= now;
    }

    @Override
    public Applied putRules(PutRules command) {
        String namespace = command.rules().namespace();
        AppliedRules current =
                rules.getOrDefault(namespace, new AppliedRules(namespace, 0, Optional.empty(), List.of()));
        if (command.ifVersion().isPresent() && command.ifVersion().getAsLong() != current.version()) {
            return refused(Reason.VERSION_CONFLICT);
        }
        if (current.ruleSet().equals(command.rules())) {
            return answer(new Outcome.RulesPut(current.version(), false));
        }
        TreeMap<String, AppliedRules> next = new TreeMap<>(rules);
        List<NumberedRule> numbered = new ArrayList<>();
        int number = nextLimit;
        for (Rule rule : command.rules().rules()) {
            Optional<NumberedRule> same = current.rules().stream()
                    .filter(r ->
                            r.rule().id().equals(rule.id()) && r.rule().limit().equals(rule.limit()))
                    .findFirst();
            numbered.add(
                    same.isPresent() ? new NumberedRule(rule, same.get().limitId()) : new NumberedRule(rule, number++));
        }
        next.put(
                namespace,
                new AppliedRules(namespace, rulesVersion + 1, command.rules().colocate(), numbered));
        int all = next.values().stream().mapToInt(r -> r.rules().size()).sum();
        if (next.size() > bounds.namespacesMax() || all > bounds.rulesMax()) {
            return refused(Reason.INVALID);
        }
        rules.clear();
        rules.putAll(next);
        nextLimit = number;
        rulesVersion++;
        return answer(new Outcome.RulesPut(rulesVersion, true));
    }
}
