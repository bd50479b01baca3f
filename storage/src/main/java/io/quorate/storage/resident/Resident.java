package io.quorate.storage.resident;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.LimitCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.RulesCodec;
import io.quorate.storage.codec.SessionCodec;
import io.quorate.storage.codec.StateKeys;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a group's state but its counters, in memory, with a note of what changed since it was last
 * written down.
 *
 * <p>Bounded by the machine, which bounds sessions, their windows, and rules. Not thread-safe.
 */
public final class Resident {
    private Header header = Header.EMPTY;
    private long answerSpan;
    private final Map<Long, Optional<Session>> sessionsById = new HashMap<>();
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final Map<Integer, Optional<Limit>> limitsById = new HashMap<>();
    private final TreeMap<Integer, LimitDefinition> limits = new TreeMap<>();
    private final TreeMap<String, AppliedRules> rules = new TreeMap<>();

    private final TreeSet<Long> dirtySessions = new TreeSet<>();
    private final TreeSet<Integer> dirtyLimits = new TreeSet<>();
    private final TreeSet<String> dirtyRules = new TreeSet<>();

    /** Takes rows to be written: a null value removes the key's row. */
    @FunctionalInterface
    public interface RowSink {
        void put(byte[] key, @Nullable ByteWriter value);
    }

    public Header header() {
        return header;
    }

    public Optional<Session> session(long id) {
        return sessionsById.getOrDefault(id, Optional.empty());
    }

    /** By ascending id. */
    public Collection<Session> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    public Optional<Limit> limit(int limitId) {
        return limitsById.getOrDefault(limitId, Optional.empty());
    }

    /** {@link Session#answerSpan} of all sessions together. */
    public long answerSpan() {
        return answerSpan;
    }

    /** Up to {@code countMax} limits of higher numbers, ascending. */
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        return limits.tailMap(limitId, false).values().stream().limit(countMax).toList();
    }

    /** By ascending number. */
    public List<LimitDefinition> limits() {
        return List.copyOf(limits.values());
    }

    public Optional<AppliedRules> rules(String namespace) {
        return Optional.ofNullable(rules.get(namespace));
    }

    /** By name. */
    public List<AppliedRules> allRules() {
        return List.copyOf(rules.values());
    }

    /** Takes over all changes but those of counters, and notes them. */
    public void commit(StateChanges changes) {
        header = changes.header();
        for (Session session : changes.touchedSessions()) {
            put(session);
            dirtySessions.add(session.id());
        }
        for (long id : changes.closedSessions()) {
            sessions.remove(id);
            sessionsById.remove(id);
            dirtySessions.add(id);
        }
        answerSpan += changes.answerSpanAdded();
        for (LimitDefinition definition : changes.limits()) {
            put(definition);
            dirtyLimits.add(definition.limitId());
        }
        for (int limitId : changes.removedLimits()) {
            limits.remove(limitId);
            limitsById.remove(limitId);
            dirtyLimits.add(limitId);
        }
        for (AppliedRules applied : changes.rules()) {
            rules.put(applied.namespace(), applied);
            dirtyRules.add(applied.namespace());
        }
    }

    /** Whether any row but the header changed since the last {@link #writeChanges}. */
    public boolean hasChanges() {
        return !dirtySessions.isEmpty() || !dirtyLimits.isEmpty() || !dirtyRules.isEmpty();
    }

    /** Hands over the header and all rows that changed since the last time; {@code buffer} is for its own use. */
    public void writeChanges(ByteWriter buffer, RowSink sink) {
        writeHeader(buffer, sink);
        for (int limitId : dirtyLimits) {
            writeLimit(limitId, limits.get(limitId), buffer, sink);
        }
        for (String namespace : dirtyRules) {
            writeRules(namespace, rules.get(namespace), buffer, sink);
        }
        for (long id : dirtySessions) {
            writeSession(id, sessions.get(id), buffer, sink);
        }
        dirtyLimits.clear();
        dirtyRules.clear();
        dirtySessions.clear();
    }

    /** Hands over all rows by ascending key, the header first; {@code buffer} is for its own use. */
    public void writeAll(ByteWriter buffer, RowSink sink) {
        writeHeader(buffer, sink);
        limits.forEach((limitId, definition) -> writeLimit(limitId, definition, buffer, sink));
        rules.forEach((namespace, applied) -> writeRules(namespace, applied, buffer, sink));
        sessions.forEach((id, session) -> writeSession(id, session, buffer, sink));
    }

    /**
     * Takes over a stored row, when a store is opened.
     *
     * @throws MalformedException if it isn't a row that belongs under this key
     */
    public void load(byte[] key, ByteReader value) {
        byte[] rightKey;
        switch (key.length == 0 ? 0 : key[0]) {
            case StateKeys.HEADER:
                header = HeaderCodec.readRow(value);
                rightKey = StateKeys.header();
                break;
            case StateKeys.LIMITS:
                LimitDefinition definition = LimitCodec.readRow(value);
                put(definition);
                rightKey = StateKeys.limit(definition.limitId());
                break;
            case StateKeys.RULES:
                AppliedRules applied = RulesCodec.readRow(value);
                rules.put(applied.namespace(), applied);
                rightKey = StateKeys.rules(applied.namespace());
                break;
            case StateKeys.SESSIONS:
                Session session = SessionCodec.readRow(value);
                put(session);
                answerSpan += session.answerSpan();
                rightKey = StateKeys.session(session.id());
                break;
            default:
                throw new MalformedException("no table of rows in memory has this key");
        }
        if (!Arrays.equals(key, rightKey)) {
            throw new MalformedException("the row belongs under another key");
        }
    }

    /** A rough figure of the memory in use: sessions are nearly all of it. */
    public long memoryBytes() {
        return 1000L * sessions.size() + 250L * answerSpan + 200L * limits.size() + 5000L * rules.size();
    }

    private void put(Session session) {
        sessions.put(session.id(), session);
        sessionsById.put(session.id(), Optional.of(session));
    }

    private void put(LimitDefinition definition) {
        limits.put(definition.limitId(), definition);
        limitsById.put(definition.limitId(), Optional.of(definition.limit()));
    }

    private void writeHeader(ByteWriter buffer, RowSink sink) {
        buffer.clear();
        HeaderCodec.writeRow(header, buffer);
        sink.put(StateKeys.header(), buffer);
    }

    private static void writeLimit(int limitId, @Nullable LimitDefinition definition, ByteWriter buffer, RowSink sink) {
        if (definition == null) {
            sink.put(StateKeys.limit(limitId), null);
            return;
        }
        buffer.clear();
        LimitCodec.writeRow(definition, buffer);
        sink.put(StateKeys.limit(limitId), buffer);
    }

    private static void writeRules(String namespace, @Nullable AppliedRules rules, ByteWriter buffer, RowSink sink) {
        if (rules == null) {
            sink.put(StateKeys.rules(namespace), null);
            return;
        }
        buffer.clear();
        RulesCodec.writeRow(rules, buffer);
        sink.put(StateKeys.rules(namespace), buffer);
    }

    private static void writeSession(long id, @Nullable Session session, ByteWriter buffer, RowSink sink) {
        if (session == null) {
            sink.put(StateKeys.session(id), null);
            return;
        }
        buffer.clear();
        SessionCodec.writeRow(session, buffer);
        sink.put(StateKeys.session(id), buffer);
    }
}
