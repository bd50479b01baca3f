package io.quorate.chaos.sim;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store that is wrong in one respect: what is read, or what is committed, is changed on its way. */
class ChangedStore implements StateStore {
    private final StateStore store;

    ChangedStore(StateStore store) {
        this.store = store;
    }

    /** A session as the machine gets to see it. */
    Session seen(Session session) {
        return session;
    }

    /** A counter's row as it is kept. */
    CounterRow kept(QuotaKey key, CounterRow row, long nowMillis) {
        return row;
    }

    /** What else is kept with an entry. */
    void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {}

    /** All rows before the entry. */
    final List<CounterEntry> rows() {
        return store.countersAfter(new byte[0], Integer.MAX_VALUE);
    }

    static Session with(Session session, List<Session.Answer> answers, List<Session.Grant> grants) {
        return Session.restore(
                session.id(),
                session.clientName(),
                session.lastUsedMillis(),
                session.base(),
                answers,
                grants,
                session.lastLeaseId());
    }

    @Override
    public void commit(StateChanges changes) {
        Map<QuotaKey, CounterRow> rows =
                new TreeMap<>((a, b) -> java.util.Arrays.compareUnsigned(a.bytes(), b.bytes()));
        long nowMillis = changes.header().logTimeMillis();
        for (CounterEntry entry : changes.counters()) {
            rows.put(entry.key(), kept(entry.key(), entry.row(), nowMillis));
        }
        alsoKept(changes, rows);
        List<CounterEntry> counters = new ArrayList<>();
        rows.forEach((key, row) -> counters.add(new CounterEntry(key, row)));
        store.commit(new StateChanges(
                changes.header(),
                counters,
                changes.touchedSessions(),
                changes.closedSessions(),
                changes.answerSpanAdded(),
                changes.limits(),
                changes.removedLimits(),
                changes.rules()));
    }

    @Override
    public Optional<Session> session(long id) {
        return store.session(id).map(this::seen);
    }

    @Override
    public Header header() {
        return store.header();
    }

    @Override
    public CounterRow counter(QuotaKey key) {
        return store.counter(key);
    }

    @Override
    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        return store.countersAfter(cursor, countMax);
    }

    @Override
    public int sessionCount() {
        return store.sessionCount();
    }

    @Override
    public long answerSpan() {
        return store.answerSpan();
    }

    @Override
    public Iterable<Session> sessions() {
        return store.sessions();
    }

    @Override
    public Optional<Limit> limit(int limitId) {
        return store.limit(limitId);
    }

    @Override
    public List<LimitDefinition> limits() {
        return store.limits();
    }

    @Override
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        return store.limitsAfter(limitId, countMax);
    }

    @Override
    public Optional<AppliedRules> rules(String namespace) {
        return store.rules(namespace);
    }

    @Override
    public List<AppliedRules> allRules() {
        return store.allRules();
    }

    @Override
    public void flush() {
        store.flush();
    }

    @Override
    public SnapshotDraft save(Path directory) {
        return store.save(directory);
    }

    @Override
    public void restore(Path directory) {
        store.restore(directory);
    }

    @Override
    public StoreSize size() {
        return store.size();
    }

    @Override
    public void close() {
        store.close();
    }
}
