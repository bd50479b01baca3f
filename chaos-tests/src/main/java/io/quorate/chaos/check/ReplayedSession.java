package io.quorate.chaos.check;

import io.quorate.chaos.check.Replay.At;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client's session as it must be: answers until they are acknowledged, and grants that can be refunded. */
final class ReplayedSession {
    /** Log time for which a grant without permits can be refunded; published (docs/INVARIANTS.md). */
    static final long GRANT_KEPT_MILLIS = 60_000;

    private static final int GRANTS_KEPT_MAX = 256;

    /** What was asked for under a sequence, as far as repeats are compared. */
    record Payload(int kind, long first, long second) {}

    /** The first answer to a sequence. */
    record Answered(Payload payload, At at) {}

    /** A counter that a grant was charged to. */
    record Charged(String key, int limitId) {}

    /** A granted acquire. */
    record Grant(
            long sequence,
            long cost,
            long refunded,
            long atMillis,
            long refundableUntilMillis,
            boolean permits,
            List<Charged> charges) {}

    private final Map<Long, Answered> answers = new HashMap<>();
    private final TreeMap<Long, Grant> grants = new TreeMap<>();
    private final TreeMap<Long, Grant> permits = new TreeMap<>();
    private final ArrayDeque<Long> answeredOrder = new ArrayDeque<>();
    private long lastUsedMillis;
    private long base = 1;
    private boolean exact = true;

    ReplayedSession(long nowMillis) {
        lastUsedMillis = nowMillis;
    }

    boolean isExpired(long nowMillis, long ttlMillis) {
        if (lastUsedMillis + ttlMillis >= nowMillis) {
            return false;
        }
        for (Grant permit : permits.values()) {
            if (permit.refundableUntilMillis() >= nowMillis) {
                return false;
            }
        }
        return true;
    }

    void used(long nowMillis, long ackedBelow) {
        lastUsedMillis = nowMillis;
        if (ackedBelow > base) {
            base = ackedBelow;
            // What is below is forgotten where it stands first; what stands behind a later one, when its turn comes.
            while (!answeredOrder.isEmpty() && answeredOrder.getFirst() < base) {
                answers.remove(answeredOrder.removeFirst());
            }
        }
    }

    /** From here on it isn't known which acquires of it were granted. */
    void inexact() {
        exact = false;
    }

    boolean isExact() {
        return exact;
    }

    long base() {
        return base;
    }

    @Nullable
    Answered answer(long sequence) {
        return answers.get(sequence);
    }

    void answered(long sequence, Payload payload, At at) {
        answers.put(sequence, new Answered(payload, at));
        answeredOrder.addLast(sequence);
    }

    @Nullable
    Grant grant(long sequence) {
        Grant held = permits.get(sequence);
        return held == null ? grants.get(sequence) : held;
    }

    int permitsHeld(long nowMillis) {
        Iterator<Grant> held = permits.values().iterator();
        while (permits.size() >= GRANTS_KEPT_MAX && held.hasNext()) {
            if (held.next().refundableUntilMillis() < nowMillis) {
                held.remove();
            }
        }
        return permits.size();
    }

    void granted(Grant grant, long nowMillis) {
        TreeMap<Long, Grant> kept = grant.permits() ? permits : grants;
        while (!kept.isEmpty() && kept.firstEntry().getValue().refundableUntilMillis() < nowMillis) {
            kept.pollFirstEntry();
        }
        kept.put(grant.sequence(), grant);
        if (!grant.permits() && kept.size() > GRANTS_KEPT_MAX) {
            kept.pollFirstEntry();
        }
    }

    /** Takes {@code count} tokens off a grant; what is refunded whole is forgotten. */
    void refunded(Grant grant, long count) {
        TreeMap<Long, Grant> kept = grant.permits() ? permits : grants;
        long refunded = grant.refunded() + count;
        if (refunded < grant.cost()) {
            kept.put(
                    grant.sequence(),
                    new Grant(
                            grant.sequence(),
                            grant.cost(),
                            refunded,
                            grant.atMillis(),
                            grant.refundableUntilMillis(),
                            grant.permits(),
                            grant.charges()));
        } else {
            kept.remove(grant.sequence());
        }
    }
}
