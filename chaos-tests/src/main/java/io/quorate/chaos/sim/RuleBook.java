package io.quorate.chaos.sim;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The rules of a run: in each namespace one whose tokens are leased, one that is decided by its leader alone, one of
 * permits, and sometimes one that only counts. Limits are low, so that they are reached.
 */
final class RuleBook {
    /** Rules by what they count: entry {@code k}, {@code e}, {@code p}, and {@code e} again without denying. */
    static final String LEASED = "leased";

    static final String DECIDED = "decided";
    static final String PERMITS = "permits";
    static final String SHADOW = "shadow";
    /** The longest that a lease lasts here. */
    static final long TTL_MILLIS_MAX = 5_000;
    /** The longest in which any counter is as fresh again. */
    static final long RESET_MILLIS_MAX = 30_000;

    private static final Algorithm[] LEASABLE = {
        Algorithm.TOKEN_BUCKET,
        Algorithm.TOKEN_BUCKET,
        Algorithm.GCRA,
        Algorithm.FIXED_WINDOW,
        Algorithm.SLIDING_WINDOW,
        Algorithm.SLIDING_LOG
    };
    private static final Algorithm[] DECIDABLE = {
        Algorithm.TOKEN_BUCKET, Algorithm.GCRA, Algorithm.FIXED_WINDOW, Algorithm.SLIDING_LOG, Algorithm.SLIDING_WINDOW
    };
    private static final long LARGE = 3_000_000_000L;

    private final SplittableRandom random;
    private final int groups;
    private final boolean large;
    private final List<RuleSet> sets = new ArrayList<>();

    RuleBook(Swarm swarm, SplittableRandom random) {
        this.random = random;
        this.groups = swarm.dataGroups;
        this.large = random.nextInt(8) == 0;
        for (int i = 0; i < swarm.namespaces; i++) {
            sets.add(draw("space" + i));
        }
    }

    List<RuleSet> sets() {
        return sets;
    }

    int groupOf(String namespace) {
        GroupId group = Slots.groupOf(Slots.of(namespace), groups);
        return group.value();
    }

    static QuotaKey key(String namespace, String rule, int value) {
        return QuotaKey.of(namespace, rule, List.of(Integer.toString(value)));
    }

    /** Whether the counter's tokens can be held by clients. */
    static boolean isLeased(QuotaKey key) {
        return key.ruleId().equals(LEASED);
    }

    /** Whether costs go up to a thousand million here, and limits beyond what 32 bits hold. */
    boolean isLarge() {
        return large;
    }

    Limit limit(int namespace, String rule) {
        return sets.get(namespace).rules().stream()
                .filter(r -> r.id().equals(rule))
                .findFirst()
                .orElseThrow()
                .limit();
    }

    private RuleSet draw(String namespace) {
        List<Rule> rules = new ArrayList<>();
        rules.add(leased());
        rules.add(decided(DECIDED, Mode.ENFORCE));
        rules.add(permits());
        if (random.nextInt(3) == 0) {
            rules.add(decided(SHADOW, Mode.SHADOW));
        }
        return new RuleSet(namespace, Optional.empty(), rules);
    }

    private static List<EntryMatch> counted(String entry) {
        return List.of(new EntryMatch(entry, new Pattern.Any()));
    }

    private Rule leased() {
        Limit limit = limit(LEASABLE[random.nextInt(LEASABLE.length)]);
        long ttl = SimNetwork.logUniform(random, LeaseTerms.TTL_MILLIS_MIN, TTL_MILLIS_MAX);
        long max = random.nextBoolean() ? 0 : 1 + random.nextLong(limit.capacity());
        return new Rule(LEASED, counted("k"), limit, Mode.ENFORCE, new LeaseTerms(true, max, ttl), FailureTerms.DENY);
    }

    private Rule decided(String id, Mode mode) {
        Limit limit = limit(DECIDABLE[random.nextInt(DECIDABLE.length)]);
        return new Rule(id, counted("e"), limit, mode, LeaseTerms.OFF, FailureTerms.DENY);
    }

    private Rule permits() {
        Limit limit = Limit.of(
                Algorithm.CONCURRENCY,
                SimNetwork.logUniform(random, 1, 16),
                SimNetwork.logUniform(random, 100, RESET_MILLIS_MAX));
        return new Rule(PERMITS, counted("p"), limit, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY);
    }

    private Limit limit(Algorithm algorithm) {
        long period = SimNetwork.logUniform(random, 20, RESET_MILLIS_MAX / 3);
        long amount = SimNetwork.logUniform(random, 1, 1_000);
        if (large) {
            amount = (LARGE + amount) / period * period;
            return Limit.of(algorithm, amount, period);
        }
        if (algorithm != Algorithm.TOKEN_BUCKET && algorithm != Algorithm.GCRA) {
            return Limit.of(algorithm, amount, period);
        }
        long burstMax = Math.max(1, Math.min(1_000, amount * RESET_MILLIS_MAX / period));
        return new Limit(algorithm, amount, period, SimNetwork.logUniform(random, 1, burstMax));
    }

    /** The rules of a namespace with one limit changed; they are in force once meta has them. */
    RuleSet change(int namespace) {
        RuleSet before = sets.get(namespace);
        List<Rule> rules = new ArrayList<>(before.rules());
        int place = random.nextInt(rules.size());
        rules.set(
                place,
                switch (rules.get(place).id()) {
                    case LEASED -> leased();
                    case PERMITS -> permits();
                    case SHADOW -> decided(SHADOW, Mode.SHADOW);
                    default -> decided(DECIDED, Mode.ENFORCE);
                });
        RuleSet after = new RuleSet(before.namespace(), Optional.empty(), rules);
        sets.set(namespace, after);
        return after;
    }
}
