package io.quorate.client.lease;

import io.quorate.core.rule.CompiledRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters that requests of one description are counted by, ready to be spent from. Thread-safe.
 *
 * <p>Good until its namespace's rules change: then every acquire answers {@link Answer#STALE}, and the request must
 * be resolved again.
 */
public final class Resolved {
    private final NamespaceRules namespace;
    private final CompiledRules rules;
    private final CoarseClock clock;
    private final boolean leasable;
    /** The one pocket of the usual request; null if there are more, or none, or shadows. */
    private final @Nullable Pocket only;
    /** A tranche that {@link #only} had lately. */
    private volatile Tranche lastTranche = Tranche.NONE;

    private final Pocket[] enforcing;
    private final Pocket[] shadow;

    /** Pockets of the rules that may deny, and of those that only count; none are asked if one can't be leased. */
    Resolved(
            NamespaceRules namespace,
            CompiledRules rules,
            CoarseClock clock,
            boolean leasable,
            List<Pocket> enforcing,
            List<Pocket> shadow) {
        this.namespace = namespace;
        this.rules = rules;
        this.clock = clock;
        this.leasable = leasable;
        this.enforcing = enforcing.toArray(new Pocket[0]);
        this.shadow = shadow.toArray(new Pocket[0]);
        this.only = leasable && enforcing.size() == 1 && shadow.isEmpty() ? enforcing.get(0) : null;
    }

    /** The rules by which the request was matched. */
    public CompiledRules rules() {
        return rules;
    }

    /** Whether it is still good: the rules are the same, and no pocket was given up for being idle. */
    public boolean current() {
        boolean current = namespace.current() == rules;
        for (Pocket pocket : enforcing) {
            current &= !pocket.retired();
        }
        for (Pocket pocket : shadow) {
            current &= !pocket.retired();
        }
        return current;
    }

    /** Whether no matching rule may deny. No lease says how long that holds: every acquire must go to the leader. */
    public boolean isUncounted() {
        return leasable && enforcing.length == 0;
    }

    /** Whether all matching rules can be leased; if not, every acquire must go to the leader. */
    public boolean leasable() {
        return leasable;
    }

    /** The pockets of the rules that may deny, in the order of the rules. */
    public List<Pocket> enforcing() {
        return List.of(enforcing);
    }

    /** The pockets of the rules that only count. */
    public List<Pocket> shadow() {
        return List.of(shadow);
    }

    /**
     * Takes the cost from every counter, or from none, without leaving this thread. Allocates nothing.
     *
     * @param cost tokens, 1 or more
     */
    public Answer tryAcquire(long cost) {
        if (namespace.current() != rules) {
            return Answer.STALE;
        }
        Pocket one = only;
        if (one != null) {
            // From the tranche that served last, past the pocket: that saves a line of memory for each of many keys. If
            // it
            // is over, it is closed, and has nothing left to spend.
            return cost > 0 && lastTranche.spend(clock.nowNanos(), cost) ? Answer.LEASED : spendOne(one, cost);
        }
        return leasable && enforcing.length > 0 ? spendAll(cost) : Answer.ASK;
    }

    private Answer spendOne(Pocket one, long cost) {
        boolean spent = one.trySpend(cost);
        Tranche now = one.tranche();
        if (now != lastTranche) {
            lastTranche = now;
        }
        return spent ? Answer.LEASED : one.withoutTokens(cost);
    }

    private Answer spendAll(long cost) {
        long nowNanos = clock.nowNanos();
        Answer answer = spend(0, nowNanos, cost);
        if (answer.granted()) {
            for (Pocket pocket : shadow) {
                if (pocket.spendIn(nowNanos, cost) == null) {
                    pocket.missed(cost);
                }
            }
        }
        return answer;
    }

    /** Takes from the pockets from {@code i} on; what was taken is on the stack, so that it can go back. */
    private Answer spend(int i, long nowNanos, long cost) {
        if (i == enforcing.length) {
            return Answer.LEASED;
        }
        Pocket pocket = enforcing[i];
        Tranche from = pocket.spendIn(nowNanos, cost);
        if (from == null) {
            return spendWithout(i, nowNanos, cost);
        }
        Answer rest = i + 1 == enforcing.length ? Answer.LEASED : spend(i + 1, nowNanos, cost);
        if (!rest.granted()) {
            var unused = from.unspend(cost);
        }
        return rest;
    }

    private Answer spendWithout(int i, long nowNanos, long cost) {
        Pocket pocket = enforcing[i];
        Answer own = pocket.withoutTokens(cost);
        if (own != Answer.FALLBACK_ALLOWED) {
            return own;
        }
        Answer rest = spend(i + 1, nowNanos, cost);
        if (rest.granted()) {
            return Answer.FALLBACK_ALLOWED;
        }
        pocket.giveBackFallback(cost);
        return rest;
    }

    /** How long the denied are to wait: the longest that a pocket says; nanoseconds, 0 if there is no telling. */
    public long retryAfterNanos(long cost) {
        long longest = 0;
        for (Pocket pocket : enforcing) {
            longest = Math.max(longest, pocket.retryAfterNanos(cost));
        }
        return longest;
    }
}
