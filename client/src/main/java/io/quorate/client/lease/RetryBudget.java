package io.quorate.client.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the repeats of all renewals together: a tenth of what is sent first, and ten a second. When a cluster
 * comes back, its clients must not fall on it with all that failed meanwhile. Confined to the loop.
 *
 * <p>Counted are bursts, not renewals: those of one group at one tick, as many as a frame takes.
 */
final class RetryBudget {
    /** Renewals of one burst: they share a frame. */
    static final int BURST_RENEWALS = 256;

    private static final double PER_FIRST = 0.1;
    private static final double PER_NANO = 10e-9;
    private static final double MAX = 100;

    private final Map<Integer, Group> groups = new HashMap<>();
    private double left = MAX;
    private long atNanos;

    /** The bursts that are under way to one group. */
    private static final class Group {
        long firstAtNanos;
        int firsts;
        long repeatAtNanos;
        int repeats;
    }

    RetryBudget(long nowNanos) {
        this.atNanos = nowNanos;
    }

    void sentFirst(int group, long nowNanos) {
        Group its = groups.computeIfAbsent(group, g -> new Group());
        if (its.firsts == 0 || its.firstAtNanos != nowNanos) {
            its.firstAtNanos = nowNanos;
            its.firsts = BURST_RENEWALS;
            left = Math.min(MAX, left + PER_FIRST);
        }
        its.firsts--;
    }

    boolean tryRepeat(int group, long nowNanos) {
        Group its = groups.computeIfAbsent(group, g -> new Group());
        if (its.repeats == 0 || its.repeatAtNanos != nowNanos) {
            left = Math.min(MAX, left + Math.max(0, nowNanos - atNanos) * PER_NANO);
            atNanos = nowNanos;
            if (left < 1) {
                return false;
            }
            left -= 1;
            its.repeatAtNanos = nowNanos;
            its.repeats = BURST_RENEWALS;
        }
        its.repeats--;
        return true;
    }
}
