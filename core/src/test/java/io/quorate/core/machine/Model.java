package io.quorate.core.machine;

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
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The machine written again as plainly as can be: one command after the other on sorted maps, no overlay, no
 * cache, no rings, no hashes. Only the meters are shared.
 */
final class Model implements Command.Visitor<Applied> {
    /** A session of the model. */
    static final class ModelSession {
        long lastUsed;
        long base = 1;
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
        List<Applied> answers = new ArrayList<>();
        for (position = 0; position < next.commands().size(); position++) {
            answers.add(next.commands().get(position).accept(this));
        }
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
        return sequence >= session.base + bounds.windowMax()
                ? Optional.of(refused(Reason.WINDOW_FULL))
                : Optional.empty();
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
        command.charges().forEach(this::adopt);
        List<Verdict> verdicts = new ArrayList<>();
        boolean allowed = true;
        long newRows = 0;
        for (Charge charge : command.charges()) {
            Verdict verdict = meter(charge.limitId()).acquire(row(charge.key()).state(), now, command.cost(), id);
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
                Meter meter = meter(charges.get(i).limitId());
                CounterState state = row(charges.get(i).key()).state();
                v = meter.acquire(state, now, Long.MAX_VALUE / 4, new ChargeId(9, 9));
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

    private void put(QuotaKey key, int limitId, CounterState state) {
        if (state instanceof CounterState.Fresh) {
            counters.remove(key);
        } else {
            limits.putIfAbsent(limitId, terms(limitId).orElseThrow());
            counters.put(key, new CounterRow(limitId, state));
        }
    }

    private void adopt(Charge charge) {
        CounterRow row = row(charge.key());
        if (!row.isFresh() && row.limitId() != charge.limitId()) {
            Meter next = meter(charge.limitId());
            limits.putIfAbsent(charge.limitId(), next.limit());
            CounterState state = next.adopt(meter(row.limitId()), row.state(), now);
            put(charge.key(), charge.limitId(), next.settle(state, now));
        }
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
            CounterRow row = row(charge.key());
            if (!row.isFresh()) {
                Meter meter = meter(row.limitId());
                if (row.limitId() == charge.limitId() || meter.limit().algorithm() == Algorithm.CONCURRENCY) {
                    ChargeId id = new ChargeId(command.sessionId(), grant.sequence());
                    Meter.Refund refund = meter.refund(row.state(), now, count, grant.atMillis(), id);
                    put(charge.key(), row.limitId(), meter.settle(refund.next(), now));
                    most = Math.max(most, refund.refunded());
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
        return done(counters.remove(command.key()) != null ? 1 : 0);
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
            CounterRow row = row(key);
            if (!row.isFresh() && meter(row.limitId()).settle(row.state(), now) instanceof CounterState.Fresh) {
                counters.remove(key);
                removed++;
            }
        }
        cursor = page.size() < command.countMax() ? Optional.empty() : Optional.of(page.get(page.size() - 1));
        return done(removed);
    }

    @Override
    public Applied renewLease(RenewLease command) {
        return refused(Reason.NOT_LEASABLE);
    }

    @Override
    public Applied fenceRules(FenceRules command) {
        long before = rulesVersion;
        rulesVersion = Math.max(rulesVersion, command.version());
        return done(rulesVersion > before ? 1 : 0);
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
