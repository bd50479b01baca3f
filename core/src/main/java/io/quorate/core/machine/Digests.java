package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.command.Outcome.Done;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.command.Outcome.RulesPut;
import io.quorate.core.command.Outcome.SessionOpened;
import io.quorate.core.machine.Session.Answer;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Bucket;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Permits;
import io.quorate.core.quota.CounterState.Sliding;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Hash64;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import java.util.List;

/**
 * The state's digest: the sum (mod 2^64) of a 64-bit hash of every row of it, so that a change of one row
 * changes it in constant time and replicas can be compared by one number.
 *
 * <p>Not meant to resist an adversary: it finds replicas that differ by a fault.
 */
public final class Digests {
    private static final long COUNTER = 1;
    private static final long SESSION = 2;
    private static final long ANSWER = 3;
    private static final long GRANT = 4;
    private static final long LIMIT = 5;
    private static final long ACQUIRE = 7;
    private static final long REFUND = 8;
    private static final long LAST_LEASE = 9;

    private static final int PAGE_COUNT = 1024;
    private static final StateHash STATE_HASH = new StateHash(false);
    private static final StateHash STATE_HASH_ANEW = new StateHash(true);
    private static final OutcomeHash OUTCOME_HASH = new OutcomeHash();

    private Digests() {}

    /** The digest of a whole state, from its rows; equal to the one that its header carries. */
    public static long of(StateView view) {
        long sum = 0;
        byte[] cursor = new byte[0];
        List<CounterEntry> page = view.countersAfter(cursor, PAGE_COUNT);
        while (!page.isEmpty()) {
            for (CounterEntry entry : page) {
                sum += counter(entry.key(), entry.row(), STATE_HASH_ANEW);
            }
            cursor = page.get(page.size() - 1).key().bytes();
            page = view.countersAfter(cursor, PAGE_COUNT);
        }
        for (Session session : view.sessions()) {
            sum += session(session);
        }
        for (LimitDefinition limit : view.limits()) {
            sum += limit(limit);
        }
        for (AppliedRules rules : view.allRules()) {
            sum += rules(rules);
        }
        return sum;
    }

    /** 0 for a fresh row, which isn't there. */
    static long counter(QuotaKey key, CounterRow row) {
        return counter(key, row, STATE_HASH);
    }

    private static long counter(QuotaKey key, CounterRow row, StateHash hash) {
        if (row.isFresh()) {
            return 0;
        }
        long h = Hash64.mix(Hash64.mix(COUNTER, key.hash64()), row.limitId());
        return Hash64.finish(Hash64.mix(h, row.state().accept(hash)));
    }

    static long session(long id, long nameHash, long lastUsedMillis, long base) {
        return Hash64.finish(Hash64.mix(
                Hash64.mix(Hash64.mix(Hash64.mix(SESSION, id), nameHash), lastUsedMillis), base));
    }

    /** 0 for a session that has opened none. */
    static long lastLease(long sessionId, long lastLeaseId) {
        return lastLeaseId == 0 ? 0 : Hash64.finish(Hash64.mix(Hash64.mix(LAST_LEASE, sessionId), lastLeaseId));
    }

    static long answer(long sessionId, long sequence, long payloadHash, Applied applied) {
        long h = Hash64.mix(Hash64.mix(Hash64.mix(ANSWER, sessionId), sequence), payloadHash);
        h = Hash64.mix(Hash64.mix(h, applied.index()), applied.position());
        h = Hash64.mix(Hash64.mix(h, applied.logTimeMillis()), applied.rulesVersion());
        return Hash64.finish(Hash64.mix(h, applied.outcome().accept(OUTCOME_HASH)));
    }

    static long grant(long sessionId, Grant grant) {
        long h = Hash64.mix(Hash64.mix(Hash64.mix(GRANT, sessionId), grant.sequence()), grant.cost());
        h = Hash64.mix(Hash64.mix(Hash64.mix(h, grant.refunded()), grant.atMillis()), grant.refundableUntilMillis());
        h = Hash64.mix(h, grant.holdsPermits() ? 1 : 0);
        List<Charge> charges = grant.charges();
        for (int i = 0; i < charges.size(); i++) {
            Charge charge = charges.get(i);
            h = Hash64.mix(
                    Hash64.mix(Hash64.mix(h, charge.key().hash64()), charge.limitId()),
                    charge.mode().id());
        }
        return Hash64.finish(h);
    }

    static long limit(LimitDefinition definition) {
        return Hash64.finish(limit(Hash64.mix(LIMIT, definition.limitId()), definition.limit()));
    }

    static long rules(AppliedRules rules) {
        return RuleDigests.of(rules);
    }

    /** What a repeat of an acquire must have in common with the first. */
    static long acquirePayload(long requestHash, long cost) {
        return Hash64.finish(Hash64.mix(Hash64.mix(Hash64.mix(0, ACQUIRE), requestHash), cost));
    }

    /**
     * What a repeat of a refund must have in common with the first. The kind is mixed in first: else the two kinds
     * would differ in the few bits of their numbers alone, and so would what makes them equal.
     */
    static long refundPayload(long acquireSequence, long count) {
        return Hash64.finish(Hash64.mix(Hash64.mix(Hash64.mix(0, REFUND), acquireSequence), count));
    }

    static long text(String text) {
        long h = text.length();
        for (int i = 0; i < text.length(); i++) {
            h = Hash64.mix(h, text.charAt(i));
        }
        return Hash64.finish(h);
    }

    /** A session's part, computed anew from its content. */
    private static long session(Session session) {
        long sum = session(session.id(), text(session.clientName()), session.lastUsedMillis(), session.base());
        sum += lastLease(session.id(), session.lastLeaseId());
        for (Answer answer : session.answers()) {
            sum += answer(session.id(), answer.sequence(), answer.payloadHash(), answer.applied());
        }
        for (Grant grant : session.grants()) {
            sum += grant(session.id(), grant);
        }
        return sum;
    }

    static long limit(long h, Limit limit) {
        long next = Hash64.mix(Hash64.mix(h, limit.algorithm().id()), limit.amount());
        return Hash64.mix(Hash64.mix(next, limit.periodMillis()), limit.burst());
    }

    /** Hashes every field of a counter's state. */
    private static final class StateHash implements CounterState.Visitor<Long> {
        /** Whether nothing is taken that was kept from change to change. */
        private final boolean anew;

        StateHash(boolean anew) {
            this.anew = anew;
        }

        @Override
        public Long fresh(Fresh state) {
            return 0L;
        }

        @Override
        public Long bucket(Bucket state) {
            return Hash64.mix(Hash64.mix(1, state.tatMillis()), state.remainder());
        }

        @Override
        public Long window(Window state) {
            return Hash64.mix(Hash64.mix(2, state.index()), state.count());
        }

        @Override
        public Long sliding(Sliding state) {
            return Hash64.mix(Hash64.mix(Hash64.mix(3, state.index()), state.current()), state.previous());
        }

        @Override
        public Long log(Log state) {
            long h = 4;
            for (int i = 0; i < state.size(); i++) {
                h = Hash64.mix(Hash64.mix(h, state.atMillis(i)), state.count(i));
            }
            return h;
        }

        @Override
        public Long permits(Permits state) {
            long h = 5;
            for (int i = 0; i < state.size(); i++) {
                ChargeId id = state.id(i);
                h = Hash64.mix(Hash64.mix(h, id.sessionId()), id.sequence());
                h = Hash64.mix(Hash64.mix(h, state.count(i)), state.expiresAtMillis(i));
            }
            return h;
        }

        /** With a sum over the leases, which the ledger keeps. */
        @Override
        public Long leased(Leased state) {
            Ledger ledger = state.ledger();
            long sum = anew ? ledger.digestAnew() : ledger.digest();
            return Hash64.mix(Hash64.mix(9, state.inner().accept(this)), sum);
        }
    }

    /** Hashes every field of an outcome. */
    private static final class OutcomeHash implements Outcome.Visitor<Long> {
        @Override
        public Long acquired(Acquired outcome) {
            long h = outcome.allowed() ? 1 : 2;
            List<ChargeResult> results = outcome.results();
            for (int i = 0; i < results.size(); i++) {
                ChargeResult result = results.get(i);
                h = Hash64.mix(Hash64.mix(h, result.allowed() ? 1 : 2), result.remaining());
                h = Hash64.mix(Hash64.mix(h, result.retryAfterMillis()), result.resetAfterMillis());
            }
            return h;
        }

        @Override
        public Long refunded(Refunded outcome) {
            return Hash64.mix(3, outcome.refunded());
        }

        @Override
        public Long sessionOpened(SessionOpened outcome) {
            return Hash64.mix(Hash64.mix(4, outcome.sessionId()), outcome.ttlMillis());
        }

        @Override
        public Long done(Done outcome) {
            return Hash64.mix(5, outcome.changed());
        }

        @Override
        public Long rulesPut(RulesPut outcome) {
            return Hash64.mix(Hash64.mix(6, outcome.version()), outcome.changed() ? 1 : 2);
        }

        @Override
        public Long leaseRenewed(LeaseRenewed outcome) {
            long h =
                    Hash64.mix(Hash64.mix(Hash64.mix(8, outcome.granted()), outcome.consumed()), outcome.validMillis());
            h = Hash64.mix(Hash64.mix(Hash64.mix(h, outcome.available()), outcome.outstanding()), outcome.held());
            return Hash64.mix(Hash64.mix(h, outcome.retryAfterMillis()), outcome.resetAfterMillis());
        }

        @Override
        public Long refused(Refused outcome) {
            return Hash64.mix(7, outcome.reason().id());
        }
    }
}
