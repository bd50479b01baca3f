package io.quorate.client.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * The groups of which renewals were lost since one was answered last. Confined to the loop.
 *
 * <p>When the first answer comes, what was lost may be repeated, but not more often than now and then: a leader
 * that answers only some of what it gets must not be sent everything again for each answer.
 */
final class LostGroups {
    private final long restNanos;
    private final Map<Integer, Group> groups = new HashMap<>();

    private static final class Group {
        boolean lost;
        boolean found;
        long foundAtNanos;
    }

    LostGroups(long restNanos) {
        this.restNanos = restNanos;
    }

    void lost(int group) {
        groups.computeIfAbsent(group, g -> new Group()).lost = true;
    }

    /** A leader answered; whether it is the first answer after losses. */
    boolean found(int group, long nowNanos) {
        Group its = groups.get(group);
        if (its == null || !its.lost || its.found && nowNanos - its.foundAtNanos < restNanos) {
            return false;
        }
        its.lost = false;
        its.found = true;
        its.foundAtNanos = nowNanos;
        return true;
    }
}
