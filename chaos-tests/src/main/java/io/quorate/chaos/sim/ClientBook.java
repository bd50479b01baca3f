package io.quorate.chaos.sim;

import io.quorate.core.quota.QuotaKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What one client process has and was told, over its whole life. */
final class ClientBook {
    private final String name;
    private final Map<Integer, OfGroup> groups = new HashMap<>();
    private long granted;
    private long maybe;
    private long open;

    ClientBook(String name) {
        this.name = name;
    }

    OfGroup in(int group) {
        return groups.computeIfAbsent(group, g -> new OfGroup());
    }

    /** A request was begun, and isn't decided yet. */
    void asked() {
        open++;
    }

    void answered() {
        open--;
    }

    /** A leader granted a request. */
    void granted() {
        granted++;
    }

    /** A request may have been executed. */
    void maybe() {
        maybe++;
    }

    /** What the log has of this client's grants: no more than it was told of, and what it can't know. */
    void reconcile(Checks checks) {
        long inLog = 0;
        for (Map.Entry<Integer, OfGroup> each : groups.entrySet()) {
            for (long session : each.getValue().sessions) {
                inLog += checks.book(each.getKey()).grantsOf(session);
            }
        }
        if (inLog > granted + maybe + open || inLog < granted) {
            throw new Violation(
                    Invariant.S4,
                    "client " + name + " was told of " + granted + " grants and can't know of " + maybe
                            + " requests, nor of " + open + " that weren't answered; the log has " + inLog);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Its sessions in one group. */
    final class OfGroup implements CounterBook.SessionsOf {
        private final Set<Long> sessions = new HashSet<>();
        private final Map<QuotaKey, Long> spent = new HashMap<>();

        void opened(long session) {
            sessions.add(session);
        }

        @Override
        public boolean owns(long session) {
            return sessions.contains(session);
        }

        @Override
        public long spentOf(QuotaKey key, long tokens) {
            return spent.merge(key, tokens, Long::sum);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
