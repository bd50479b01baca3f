package io.quorate.core.machine;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A group's state in sorted maps, for tests of the machine. Counts what is read and written. */
final class MapState implements StateView {
    private Header header = Header.EMPTY;
    private final TreeMap<QuotaKey, CounterRow> counters = new TreeMap<>();
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final TreeMap<Integer, Limit> limits = new TreeMap<>();
    private final TreeMap<String, AppliedRules> rules = new TreeMap<>();
    private long answerSpan;
    private int counterReads;

    /** As a store would after a restart: the same content in new objects. */
    MapState copy() {
        MapState copy = new MapState();
        copy.header = header;
        copy.counters.putAll(counters);
        sessions.forEach((id, s) -> copy.sessions.put(
                id,
                Session.restore(
                        id, s.clientName(), s.lastUsedMillis(), s.base(), s.answers(), s.grants(), s.lastLeaseId())));
        copy.sessions.values().forEach(s -> copy.answerSpan += s.answerSpan());
        copy.limits.putAll(limits);
        copy.rules.putAll(rules);
        return copy;
    }

    void commit(StateChanges changes) {
        for (CounterEntry change : changes.counters()) {
            if (change.row().isFresh()) {
                counters.remove(change.key());
            } else {
                counters.put(change.key(), change.row());
            }
        }
        changes.touchedSessions().forEach(s -> sessions.put(s.id(), s));
        changes.closedSessions().forEach(sessions::remove);
        answerSpan += changes.answerSpanAdded();
        changes.limits().forEach(l -> limits.put(l.limitId(), l.limit()));
        changes.removedLimits().forEach(limits::remove);
        changes.rules().forEach(r -> rules.put(r.namespace(), r));
        header = changes.header();
    }

    /** Counters read since the last call. */
    int takeCounterReads() {
        int reads = counterReads;
        counterReads = 0;
        return reads;
    }

    @Override
    public Header header() {
        return header;
    }

    @Override
    public CounterRow counter(QuotaKey key) {
        counterReads++;
        return counters.getOrDefault(key, CounterRow.FRESH);
    }

    @Override
    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        List<CounterEntry> page = new ArrayList<>();
        Map<QuotaKey, CounterRow> tail =
                cursor.length == 0 ? counters : counters.tailMap(QuotaKey.ofBytes(cursor), false);
        for (Map.Entry<QuotaKey, CounterRow> entry : tail.entrySet()) {
            if (page.size() == countMax) {
                break;
            }
            page.add(new CounterEntry(entry.getKey(), entry.getValue()));
        }
        return page;
    }

    @Override
    public Optional<Session> session(long id) {
        return Optional.ofNullable(sessions.get(id));
    }

    @Override
    public int sessionCount() {
        return sessions.size();
    }

    @Override
    public long answerSpan() {
        return answerSpan;
    }

    @Override
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        List<LimitDefinition> all = limits();
        return all.stream().filter(l -> l.limitId() > limitId).limit(countMax).toList();
    }

    @Override
    public Iterable<Session> sessions() {
        return sessions.values();
    }

    @Override
    public Optional<Limit> limit(int limitId) {
        return Optional.ofNullable(limits.get(limitId));
    }

    @Override
    public List<LimitDefinition> limits() {
        List<LimitDefinition> all = new ArrayList<>();
        limits.forEach((id, limit) -> all.add(new LimitDefinition(id, limit)));
        return all;
    }

    @Override
    public Optional<AppliedRules> rules(String namespace) {
        return Optional.ofNullable(rules.get(namespace));
    }

    @Override
    public List<AppliedRules> allRules() {
        return List.copyOf(rules.values());
    }
}
