package io.quorate.chaos.check;

import io.quorate.chaos.check.model.CounterModel;
import io.quorate.chaos.dump.LoggedCharge;
import io.quorate.chaos.dump.LoggedCommand;
import io.quorate.chaos.dump.LoggedEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One group's log, command after command, through models that share nothing with the product: sessions, repeats,
 * refunds, changes of limits and every decision. So what was answered can be compared with what had to be.
 *
 * <p>Counters that clients leased of are marked inexact from then on: what they hold back is the ledger's matter, and
 * is judged by the time of use.
 */
final class Replay {
    /** Published bounds of a group's state (docs/INVARIANTS.md). */
    static final long SESSION_TTL_MILLIS = 60_000;

    private static final long WINDOW_MAX = 4096;
    private static final long COST_MAX = 1_000_000_000;
    /** Tokens of a refund that can't be told, since clients leased of the counters. */
    static final long INEXACT = -1;

    private final int group;
    private final Listener listener;
    private final Map<Integer, Limit> limits = new HashMap<>();
    private final Map<String, Counter> counters = new HashMap<>();
    private final Map<Long, ReplayedSession> sessions = new HashMap<>();
    private long nextSession = 1;
    private long now;
    private long rulesVersion;

    Replay(int group, Listener listener) {
        this.group = group;
        this.listener = listener;
    }

    /** Where a command stands and when it was decided. */
    record At(int group, long index, int position, long logTimeMillis, long rulesVersion) {}

    /** Hears what every command must have come to; models are as they are just behind it. */
    interface Listener {
        /** An acquire that was decided here, for the first time. */
        void acquired(At at, LoggedCommand command, boolean allowed, List<Verdict> verdicts);

        /**
         * A refund that was executed here, for the first time; {@code tokens} became available again, or
         * {@link #INEXACT}.
         */
        void refunded(At at, LoggedCommand command, long tokens, List<Given> given);

        /** A repeat of a request: nothing happened, and its answer is the first one's, from {@code first}. */
        void repeated(At at, LoggedCommand command, At first);

        /** A command that changed nothing, and why. */
        void refused(At at, LoggedCommand command, String why);

        /** A counter was made fresh. */
        void reset(At at, String key);
    }

    /** What one counter gave back; {@code scaled} is exact, in tokens times the period of its limit. */
    record Given(String key, Limit limit, long tokens, long scaled, long takenAtMillis, long session, long sequence) {}

    /** What one counter had to say; {@code exact} is false if clients leased of it. */
    record Verdict(
            LoggedCharge charge,
            Limit limit,
            boolean allowed,
            boolean charged,
            long remaining,
            boolean exact,
            CounterModel model) {}

    private static final class Counter {
        private int limitId;
        private CounterModel model;
        private boolean leased;
        private boolean limitChanged;

        Counter(int limitId, CounterModel model) {
            this.limitId = limitId;
            this.model = model;
        }
    }

    /** Is shown a counter: its limit now, whether it ever had another, and whether clients leased of it. */
    interface CounterReader {
        void counter(String key, Limit limit, boolean limitChanged, boolean leased);
    }

    void eachCounter(CounterReader reader) {
        counters.forEach(
                (key, counter) -> reader.counter(key, counter.model.limit(), counter.limitChanged, counter.leased));
    }

    int group() {
        return group;
    }

    /** Log time behind the last entry. */
    long now() {
        return now;
    }

    /** What a counter must show now, if it is exact; null if it isn't there. */
    @Nullable
    CounterModel exactModel(String key) {
        Counter counter = counters.get(key);
        return counter == null || counter.leased ? null : counter.model;
    }

    void apply(LoggedEntry entry) {
        if (entry.commands().isEmpty() && entry.logTimeMillis() == 0) {
            return; // Raft's own
        }
        now = Math.max(now, entry.logTimeMillis());
        limits.putAll(entry.limits());
        for (int position = 0; position < entry.commands().size(); position++) {
            LoggedCommand command = entry.commands().get(position);
            At at = new At(group, entry.index(), position, now, rulesVersion);
            switch (command.kind()) {
                case OPEN_SESSION -> sessions.put(nextSession++, new ReplayedSession(now));
                case CLOSE_SESSION -> sessions.remove(command.session());
                case ACQUIRE -> acquire(at, entry.rulesVersion(), command);
                case REFUND -> refund(at, command);
                case RESET -> reset(at, command);
                case FENCE_RULES -> rulesVersion = Math.max(rulesVersion, command.amount());
                case RENEW_LEASE -> renew(command);
                case SWEEP, PUT_RULES -> {}
            }
        }
    }

    /** The session, if the request is to be decided; null if something else came of it, which was told. */
    private @Nullable ReplayedSession undecided(At at, LoggedCommand command, ReplayedSession.Payload payload) {
        ReplayedSession session = sessions.get(command.session());
        if (session == null || session.isExpired(now, SESSION_TTL_MILLIS)) {
            sessions.remove(command.session());
            listener.refused(at, command, "unknown session");
            return null;
        }
        session.used(now, command.ackedBelow());
        if (command.sequence() < session.base()) {
            listener.refused(at, command, "expired");
            return null;
        }
        ReplayedSession.Answered known = session.answer(command.sequence());
        if (known != null) {
            if (known.payload().equals(payload)) {
                listener.repeated(at, command, known.at());
            } else {
                listener.refused(at, command, "another payload");
            }
            return null;
        }
        if (command.sequence() >= session.base() + WINDOW_MAX) {
            listener.refused(at, command, "window full");
            return null;
        }
        return session;
    }

    private void acquire(At at, long matchedByVersion, LoggedCommand command) {
        if (command.sequence() < 1
                || command.ackedBelow() > command.sequence()
                || command.amount() < 1
                || command.amount() > COST_MAX) {
            listener.refused(at, command, "invalid");
            return;
        }
        ReplayedSession.Payload payload = new ReplayedSession.Payload(1, command.request(), command.amount());
        ReplayedSession session = undecided(at, command, payload);
        if (session == null) {
            return;
        }
        if (matchedByVersion < rulesVersion) {
            listener.refused(at, command, "stale rules");
            return;
        }
        if (!chargesAreRight(command.charges())) {
            listener.refused(at, command, "invalid");
            return;
        }
        boolean permits = command.charges().stream().anyMatch(this::holdsPermits);
        if (permits && session.permitsHeld(now) >= WINDOW_MAX) {
            listener.refused(at, command, "window full");
            return;
        }
        decide(at, command, session, payload);
    }

    private boolean chargesAreRight(List<LoggedCharge> charges) {
        if (charges.size() == 1) {
            return limits.containsKey(charges.get(0).limitId());
        }
        Set<String> keys = new HashSet<>();
        for (LoggedCharge charge : charges) {
            if (!limits.containsKey(charge.limitId()) || !keys.add(charge.key())) {
                return false;
            }
        }
        return true;
    }

    private boolean holdsPermits(LoggedCharge charge) {
        Limit limit = limits.get(charge.limitId());
        return limit != null && limit.algorithm() == Algorithm.CONCURRENCY;
    }

    private void decide(At at, LoggedCommand command, ReplayedSession session, ReplayedSession.Payload payload) {
        List<LoggedCharge> charges = command.charges();
        long cost = command.amount();
        boolean allowed = true;
        boolean exact = true;
        Counter[] touched = new Counter[charges.size()];
        boolean[] fits = new boolean[charges.size()];
        for (int i = 0; i < touched.length; i++) {
            LoggedCharge charge = charges.get(i);
            touched[i] = counter(charge);
            fits[i] = touched[i].model.fits(now, cost);
            allowed &= fits[i] || charge.shadow();
            exact &= !touched[i].leased;
        }
        if (!exact) {
            // What one of them said isn't known, so neither is whether the others were charged.
            for (Counter counter : touched) {
                counter.leased = true;
            }
            session.inexact();
        }
        List<Verdict> verdicts = new ArrayList<>(touched.length);
        List<ReplayedSession.Charged> charged = new ArrayList<>(touched.length);
        long until = now + ReplayedSession.GRANT_KEPT_MILLIS;
        boolean permits = false;
        for (int i = 0; i < touched.length; i++) {
            CounterModel model = touched[i].model;
            LoggedCharge charge = charges.get(i);
            boolean takes = allowed && fits[i];
            if (takes) {
                model.take(now, cost, command.session(), command.sequence());
                charged.add(new ReplayedSession.Charged(charge.key(), charge.limitId()));
            }
            if (allowed && model.limit().algorithm() == Algorithm.CONCURRENCY) {
                until = Math.max(until, now + model.limit().periodMillis());
                permits |= takes;
            }
            verdicts.add(new Verdict(
                    charge, model.limit(), fits[i], takes, model.remaining(now), !touched[i].leased, model));
        }
        session.answered(command.sequence(), payload, at);
        if (!charged.isEmpty()) {
            session.granted(
                    new ReplayedSession.Grant(command.sequence(), cost, 0, now, until, permits, List.copyOf(charged)),
                    now);
        }
        listener.acquired(at, command, allowed, verdicts);
    }

    /** The counter under the charge's limit. */
    private Counter counter(LoggedCharge charge) {
        Limit limit = limits.get(charge.limitId());
        Counter counter = counters.get(charge.key());
        if (limit == null) {
            throw new IllegalStateException("limit " + charge.limitId() + " isn't defined");
        }
        if (counter == null) {
            counter = new Counter(charge.limitId(), CounterModel.of(limit));
            counters.put(charge.key(), counter);
        } else if (counter.limitId != charge.limitId()) {
            counter.model = counter.model.fresh(now) ? CounterModel.of(limit) : counter.model.adopt(limit, now);
            counter.limitId = charge.limitId();
            counter.limitChanged = true;
        }
        return counter;
    }

    private void refund(At at, LoggedCommand command) {
        if (command.sequence() < 1 || command.ackedBelow() > command.sequence() || command.amount() < 1) {
            listener.refused(at, command, "invalid");
            return;
        }
        ReplayedSession.Payload payload = new ReplayedSession.Payload(2, command.target(), command.amount());
        ReplayedSession session = undecided(at, command, payload);
        if (session == null) {
            return;
        }
        ReplayedSession.Grant grant = session.grant(command.target());
        boolean exact = session.isExact();
        if (!exact && grant == null) {
            session.answered(command.sequence(), payload, at);
            listener.refunded(at, command, INEXACT, List.of());
            return;
        }
        if (grant == null || grant.refundableUntilMillis() < now) {
            listener.refused(at, command, "nothing to refund");
            return;
        }
        long count = Math.min(command.amount(), grant.cost() - grant.refunded());
        long most = 0;
        List<Given> given = new ArrayList<>();
        for (ReplayedSession.Charged charged : grant.charges()) {
            Counter counter = counters.get(charged.key());
            boolean same = counter != null
                    && (counter.limitId == charged.limitId()
                            || counter.model.limit().algorithm() == Algorithm.CONCURRENCY);
            if (counter != null && same) {
                long before = counter.model.remainingScaled(now);
                long back = counter.model.refund(now, count, grant.atMillis(), command.session(), grant.sequence());
                most = Math.max(most, back);
                exact &= !counter.leased;
                given.add(new Given(
                        charged.key(),
                        counter.model.limit(),
                        back,
                        counter.model.remainingScaled(now) - before,
                        grant.atMillis(),
                        command.session(),
                        grant.sequence()));
            }
        }
        session.refunded(grant, count);
        session.answered(command.sequence(), payload, at);
        listener.refunded(at, command, exact ? most : INEXACT, given);
    }

    private void reset(At at, LoggedCommand command) {
        Counter counter = counters.get(command.key());
        if (counter != null) {
            counter.model = CounterModel.of(counter.model.limit());
        }
        listener.reset(at, command.key());
    }

    private void renew(LoggedCommand command) {
        ReplayedSession session = sessions.get(command.session());
        if (session != null && !session.isExpired(now, SESSION_TTL_MILLIS)) {
            session.used(now, 0);
        }
        Limit limit = limits.get(command.lease().limitId());
        Counter counter = counters.get(command.key());
        if (counter == null && limit != null) {
            counter = new Counter(command.lease().limitId(), CounterModel.of(limit));
            counters.put(command.key(), counter);
        }
        if (counter != null) {
            counter.leased = true;
            if (limit != null && !counter.model.limit().equals(limit)) {
                counter.model = CounterModel.of(limit);
                counter.limitId = command.lease().limitId();
                counter.limitChanged = true;
            }
        }
    }
}
