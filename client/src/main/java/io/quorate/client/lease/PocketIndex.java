package io.quorate.client.lease;

import io.quorate.core.lease.Leasing;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pockets that a request is counted by. Thread-safe; a hit allocates nothing.
 *
 * <p>What was found is remembered in two generations of half of {@code requestsMax} each: when the young one is
 * full it becomes the old one, whose requests come back when they are asked for. So memory is bounded, and what is
 * in use stays. Pockets are kept until their lease is let go; of those that never had one, as those of requests that
 * another rule denies, the oldest is let go when there are more than an eighth of {@code pocketsMax}.
 */
public final class PocketIndex {
    private static final int UNLEASED_PART = 8;

    private final ConcurrentHashMap<String, NamespaceRules> namespaces = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Counter, Pocket> pockets = new ConcurrentHashMap<>();
    private final Generations generations;
    private final CoarseClock clock;
    private final IntUnaryOperator groupOfSlot;
    private final int pocketsMax;
    /** Pockets as they were opened; they are taken out when there are too many, and stay if they have a lease. */
    private final ConcurrentLinkedQueue<Pocket> unleased = new ConcurrentLinkedQueue<>();

    private final AtomicInteger unleasedCount = new AtomicInteger();
    private final int unleasedMax;
    private final Function<LeaseTarget, Pocket> opener;

    /** One counter: its limit is a part, since a rule's new limit must not be spent from the old one's tokens. */
    private record Counter(QuotaKey key, int group, int limitId) {}

    PocketIndex(
            LeaseSettings settings,
            CoarseClock clock,
            IntUnaryOperator groupOfSlot,
            Function<LeaseTarget, Pocket> opener) {
        this.generations = new Generations(settings.requestsMax());
        this.pocketsMax = settings.pocketsMax();
        this.unleasedMax = Math.max(1, pocketsMax / UNLEASED_PART);
        this.clock = clock;
        this.groupOfSlot = groupOfSlot;
        this.opener = opener;
    }

    /**
     * The pockets of a request; null if the namespace's rules aren't known here, or nothing can be held for it: ask
     * the leader.
     */
    public @Nullable Resolved find(RequestKey request) {
        Resolved known = generations.get(request);
        return known != null && known.current() ? known : resolve(request);
    }

    private @Nullable Resolved resolve(RequestKey request) {
        NamespaceRules namespace = namespaces.get(request.namespace());
        if (namespace == null) {
            return null;
        }
        CompiledRules rules = namespace.current();
        if (rules == null) {
            return null;
        }
        int slot;
        try {
            slot = rules.slot(request.descriptor());
        } catch (IllegalArgumentException e) {
            return null; // the leader says what is wrong with it
        }
        int group = groupOfSlot.applyAsInt(slot);
        String colocated =
                rules.rules().colocate().flatMap(request.descriptor()::value).orElse("");
        List<CompiledRules.Matched> matched = rules.match(request.descriptor());
        List<Pocket> enforcing = new ArrayList<>(matched.size());
        List<Pocket> shadow = new ArrayList<>();
        boolean allLeasable = true;
        boolean counted = false;
        for (CompiledRules.Matched match : matched) {
            counted |= match.rule().rule().mode() != Mode.SHADOW;
            if (!leasable(match.rule().rule())) {
                allLeasable = false;
                break;
            }
        }
        if (allLeasable && counted) {
            for (CompiledRules.Matched match : matched) {
                Optional<Pocket> pocket = pocket(match, group, colocated);
                if (pocket.isEmpty()) {
                    return null;
                }
                (match.rule().rule().mode() == Mode.SHADOW ? shadow : enforcing).add(pocket.get());
            }
        }
        Resolved resolved = new Resolved(namespace, rules, clock, allLeasable, enforcing, shadow);
        generations.put(request, resolved);
        return resolved;
    }

    /** A permit must be given back, so it is held by a request, never by a client. */
    private static boolean leasable(Rule rule) {
        return rule.leaseTerms().allowed() && Leasing.of(rule.limit()).isPossible();
    }

    private Optional<Pocket> pocket(CompiledRules.Matched match, int group, String colocated) {
        Counter counter = new Counter(match.key(), group, match.rule().limitId());
        Pocket known = pockets.get(counter);
        if (known == null && hasRoom()) {
            Rule rule = match.rule().rule();
            LeaseTarget target = new LeaseTarget(
                    match.key(),
                    group,
                    colocated,
                    rule.limit(),
                    match.rule().limitId(),
                    rule.leaseTerms(),
                    rule.failureTerms());
            Pocket opened = opener.apply(target);
            known = pockets.putIfAbsent(counter, opened);
            if (known == null) {
                known = opened;
                unleased.add(opened);
                if (unleasedCount.incrementAndGet() > unleasedMax) {
                    var unused = evict();
                }
            }
        }
        return Optional.ofNullable(known);
    }

    private boolean hasRoom() {
        while (pockets.size() >= pocketsMax) {
            if (!evict()) {
                return false;
            }
        }
        return true;
    }

    /** Lets the oldest go of those that may never have had a lease; false if there is none. */
    private boolean evict() {
        Pocket oldest = unleased.poll();
        if (oldest == null) {
            return false;
        }
        unleasedCount.decrementAndGet();
        if (!oldest.leased()) {
            remove(oldest);
        }
        return true;
    }

    // ---- on the loop

    /**
     * Takes a namespace's rules over; what was resolved by other rules is stale from now on. If its counters are
     * colocated by another entry they may be in other groups, and all its pockets are retired.
     */
    void learn(CompiledRules rules) {
        String namespace = rules.rules().namespace();
        NamespaceRules known = namespaces.computeIfAbsent(namespace, n -> new NamespaceRules());
        boolean moved = known.moves(rules);
        known.set(rules);
        if (moved) {
            for (Pocket pocket : pockets.values()) {
                if (pocket.target().key().namespace().equals(namespace)) {
                    remove(pocket);
                }
            }
        }
    }

    /** Forgets a namespace's rules: its requests go to the leader until they are learned again. */
    void forget(String namespace) {
        NamespaceRules known = namespaces.get(namespace);
        if (known != null) {
            known.set(null);
        }
    }

    @Nullable
    CompiledRules rules(String namespace) {
        NamespaceRules known = namespaces.get(namespace);
        return known == null ? null : known.current();
    }

    /** Lets a pocket go whose lease is over. Whoever still has it resolves again. */
    void remove(Pocket pocket) {
        LeaseTarget target = pocket.target();
        pocket.retire();
        pockets.remove(new Counter(target.key(), target.group(), target.limitId()), pocket);
    }

    long rememberedCount() {
        return generations.size();
    }

    int pocketCount() {
        return pockets.size();
    }
}
