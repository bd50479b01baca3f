package io.quorate.chaos.check;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a history, packed for the replay: some 150 bytes for each that has a place in a log, and little for
 * the others.
 */
final class OperationTable implements HistoryVisitor {
    /** As many rows as a sort key has room for, beside 31 bits of index and 9 of position. */
    private static final int ROWS_MAX = 1 << 23;

    private static final int POSITIONS = 1 << 9;
    private static final int ALLOWED = 1;
    private static final int SHADOW = 2;
    private static final int REFUND = 2;
    private static final int COPY = 4;

    private final LongColumn numbers = new LongColumn();
    private final LongColumn asked = new LongColumn();
    private final LongColumn returned = new LongColumn();
    private final LongColumn groups = new LongColumn();
    private final LongColumn indexes = new LongColumn();
    private final LongColumn positions = new LongColumn();
    private final LongColumn logTimes = new LongColumn();
    private final LongColumn rulesVersions = new LongColumn();
    private final LongColumn sessions = new LongColumn();
    private final LongColumn sequences = new LongColumn();
    private final LongColumn costs = new LongColumn();
    private final LongColumn keyHashes = new LongColumn();
    private final LongColumn flags = new LongColumn();
    private final LongColumn tokens = new LongColumn();
    private final LongColumn firstResults = new LongColumn();
    /** Four numbers for each result: flags and rule, remaining, retry, reset. */
    private final LongColumn results = new LongColumn();

    private final Map<String, Integer> ruleNumbers = new HashMap<>();
    private final List<String> rules = new ArrayList<>();

    /** Acquires that may have been granted and have no place, by what they asked for; how many of each. */
    private final Map<Long, Integer> openShapes = new HashMap<>();
    /** Requests whose identity the harness chose and that have no place: when first asked. */
    private final Map<RequestId, Long> openIds = new HashMap<>();
    /** Requests that certainly had no effect in any copy. */
    private final Map<RequestId, Long> failedIds = new HashMap<>();

    private final Map<RequestId, Refunds> refunds = new HashMap<>();
    private final TreeMap<Long, Long> ruleChanges = new TreeMap<>();
    private final TreeMap<String, FinalRead> finalReads = new TreeMap<>();
    private final Set<String> resetKeys = new TreeSet<>();
    private final Map<Asked.Kind, Long> counts = new HashMap<>();
    /** Sessions (without a sequence) all of whose requests carry an identity that the harness chose. */
    private final Set<RequestId> ownSessions = new HashSet<>();

    private final List<String> userNamespaces = new ArrayList<>();
    private long unresolved;
    private boolean isFinal;

    /** What refunds of one acquire were answered. */
    static final class Refunds {
        private final List<Long> answered = new ArrayList<>();
        private int attempts;

        List<Long> answered() {
            return answered;
        }

        int attempts() {
            return attempts;
        }
    }

    /** What a counter showed at the end. */
    record FinalRead(long operation, String key, long used, long logTimeMillis) {}

    @Override
    public void note(String name, String value) {
        isFinal |= name.equals("phase") && value.equals("final");
        if (name.equals(UseLog.NOTE)) {
            userNamespaces.add(value + "/");
        }
    }

    @Override
    public void operation(Operation operation) {
        Asked what = operation.asked();
        counts.merge(what.kind(), 1L, Long::sum);
        unresolved += operation.isInfo() ? 1 : 0;
        if (what.id().isKnown()) {
            ownSessions.add(new RequestId(what.id().group(), what.id().session(), 0));
        }
        switch (what.kind()) {
            case ACQUIRE -> acquire(operation);
            case REFUND -> refund(operation);
            case RULES -> {
                if (operation.isOk()) {
                    ruleChanges.merge(
                            operation.answer().returnedNanos(),
                            operation.answer().tokens(),
                            Math::max);
                }
            }
            case RESET -> resetKeys.addAll(what.keys());
            case READ -> {
                if (isFinal && operation.isOk()) {
                    Answer answer = operation.answer();
                    finalReads.put(
                            what.keys().get(0),
                            new FinalRead(
                                    operation.number(),
                                    what.keys().get(0),
                                    answer.tokens(),
                                    answer.place().logTimeMillis()));
                }
            }
            case PEEK -> {}
        }
    }

    private void acquire(Operation operation) {
        Asked what = operation.asked();
        if (operation.isOk()) {
            if (operation.answer().place().isKnown()) {
                add(operation, 0);
            }
        } else if (what.id().isKnown()) {
            Map<RequestId, Long> known = operation.isInfo() ? openIds : failedIds;
            known.merge(what.id(), operation.invokedNanos(), Math::min);
        } else if (operation.isInfo()) {
            openShapes.merge(shape(what.keys(), what.cost()), 1, Integer::sum);
        }
    }

    private void refund(Operation operation) {
        Asked what = operation.asked();
        if (operation.answer().status() == Answer.Status.FAIL) {
            return;
        }
        Refunds of = refunds.computeIfAbsent(what.target(), id -> new Refunds());
        of.attempts++;
        if (operation.isOk() && operation.answer().place().isKnown()) {
            add(operation, REFUND);
        } else if (operation.isOk() && operation.answer().allowed()) {
            of.answered.add(operation.answer().tokens());
        } else if (operation.isInfo() && what.id().isKnown()) {
            openIds.merge(what.id(), operation.invokedNanos(), Math::min);
        }
    }

    private void add(Operation operation, int kind) {
        if (numbers.size() == ROWS_MAX) {
            throw new IllegalStateException(
                    "a history of more than " + ROWS_MAX + " decisions can't be checked at once");
        }
        Answer answer = operation.answer();
        Place place = answer.place();
        RequestId id = operation.id();
        numbers.add(operation.number());
        asked.add(operation.invokedNanos());
        returned.add(answer.returnedNanos());
        groups.add(place.group());
        indexes.add(place.index());
        positions.add(place.position());
        logTimes.add(place.logTimeMillis());
        rulesVersions.add(place.rulesVersion());
        sessions.add(id.isKnown() ? id.session() : 0);
        sequences.add(id.sequence());
        costs.add(operation.asked().cost());
        keyHashes.add(hash(operation.asked().keys()));
        flags.add((answer.allowed() ? ALLOWED : 0) | (operation.asked().copy() > 0 ? COPY : 0) | kind);
        tokens.add(answer.tokens());
        firstResults.add(results.size());
        for (CounterResult result : answer.results()) {
            int rule = ruleNumbers.computeIfAbsent(result.rule(), name -> {
                rules.add(name);
                return rules.size() - 1;
            });
            results.add((long) rule << 2 | (result.allowed() ? ALLOWED : 0) | (result.shadow() ? SHADOW : 0));
            results.add(result.remaining());
            results.add(result.retryAfterMillis());
            results.add(result.resetAfterMillis());
        }
    }

    /** What an acquire asked for, as a number. */
    static long shape(List<String> keys, long cost) {
        return hash(keys) * 1_000_003 + cost;
    }

    /** A hash of counters in their order. */
    static long hash(List<String> keys) {
        long hash = 1;
        for (String key : keys) {
            hash = hash * 0x9E3779B97F4A7C15L + key.hashCode();
        }
        return hash;
    }

    /** The rows of a group in the order of the log, then of the history. */
    int[] inLogOrder(int group) {
        long[] order = new long[numbers.size()];
        int count = 0;
        for (int row = 0; row < numbers.size(); row++) {
            if (groups.get(row) == group) {
                long index = indexes.get(row);
                long position = positions.get(row);
                if (index < 0 || index > Integer.MAX_VALUE || position < 0 || position >= POSITIONS) {
                    throw new IllegalStateException("no log has a place " + index + "." + position);
                }
                order[count++] = (index * POSITIONS + position) * ROWS_MAX + row;
            }
        }
        Arrays.sort(order, 0, count);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = (int) (order[i] & (ROWS_MAX - 1));
        }
        return rows;
    }

    int rows() {
        return numbers.size();
    }

    Set<Integer> groups() {
        Set<Integer> found = new TreeSet<>();
        for (int row = 0; row < groups.size(); row++) {
            found.add((int) groups.get(row));
        }
        return found;
    }

    long number(int row) {
        return numbers.get(row);
    }

    long askedNanos(int row) {
        return asked.get(row);
    }

    long returnedNanos(int row) {
        return returned.get(row);
    }

    long index(int row) {
        return indexes.get(row);
    }

    int position(int row) {
        return (int) positions.get(row);
    }

    int group(int row) {
        return (int) groups.get(row);
    }

    long logTimeMillis(int row) {
        return logTimes.get(row);
    }

    long rulesVersion(int row) {
        return rulesVersions.get(row);
    }

    /** 0 if not known. */
    long session(int row) {
        return sessions.get(row);
    }

    long sequence(int row) {
        return sequences.get(row);
    }

    long cost(int row) {
        return costs.get(row);
    }

    long keyHash(int row) {
        return keyHashes.get(row);
    }

    boolean allowed(int row) {
        return (flags.get(row) & ALLOWED) != 0;
    }

    boolean isRefund(int row) {
        return (flags.get(row) & REFUND) != 0;
    }

    /** Whether the request had been sent before, and may have been decided then. */
    boolean isCopy(int row) {
        return (flags.get(row) & COPY) != 0;
    }

    long tokens(int row) {
        return tokens.get(row);
    }

    int resultCount(int row) {
        long end = row + 1 < firstResults.size() ? firstResults.get(row + 1) : results.size();
        return (int) (end - firstResults.get(row)) / 4;
    }

    CounterResult result(int row, int ordinal) {
        int at = (int) firstResults.get(row) + 4 * ordinal;
        long first = results.get(at);
        return new CounterResult(
                rules.get((int) (first >> 2)),
                (first & ALLOWED) != 0,
                (first & SHADOW) != 0,
                results.get(at + 1),
                results.get(at + 2),
                results.get(at + 3));
    }

    /** Takes one attempt of unknown outcome that asked for this; false if there is none left. */
    boolean takeOpen(long shape) {
        Integer left = openShapes.get(shape);
        if (left == null) {
            return false;
        }
        if (left == 1) {
            openShapes.remove(shape);
        } else {
            openShapes.put(shape, left - 1);
        }
        return true;
    }

    /** Whether the harness itself numbers the requests of this one's session. */
    boolean isOwn(RequestId id) {
        return ownSessions.contains(new RequestId(id.group(), id.session(), 0));
    }

    /** When a request without an answer was first asked; null if there is no such request. */
    @Nullable
    Long openAskedNanos(RequestId id) {
        return openIds.get(id);
    }

    boolean hasFailed(RequestId id) {
        return failedIds.containsKey(id) && !openIds.containsKey(id);
    }

    @Nullable
    Refunds refunds(RequestId acquire) {
        return refunds.get(acquire);
    }

    /** Refunds that were answered with tokens, by acquire; those that the log doesn't show were made up. */
    Map<RequestId, Refunds> allRefunds() {
        return refunds;
    }

    /** By when they were acknowledged: the version then. */
    TreeMap<Long, Long> ruleChanges() {
        return ruleChanges;
    }

    TreeMap<String, FinalRead> finalReads() {
        return finalReads;
    }

    /** Whether all that is asked of this counter is recorded as uses, if at all. */
    boolean isOfUsers(String key) {
        return userNamespaces.stream().anyMatch(key::startsWith);
    }

    boolean wasReset(String key) {
        return resetKeys.contains(key);
    }

    long count(Asked.Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    long operations() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Operations whose outcome isn't known. */
    long unresolved() {
        return unresolved;
    }
}
