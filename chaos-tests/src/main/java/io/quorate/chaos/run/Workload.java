package io.quorate.chaos.run;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is asked for: all six algorithms, several limits in a request, keys that come and go, and a namespace of which
 * clients lease.
 *
 * <p>Every counter of {@link #PLAIN} is decided by its leader each time. Its keys rotate, so that no counter gets more
 * operations than a search can look at. Thread-safe.
 */
final class Workload {
    /** The namespace without leases. */
    static final String PLAIN = "plain";
    /** The namespace of which clients lease. */
    static final String LEASED = "leased";

    /** A namespace that processes lease of as fast as they may, in bursts. */
    static final String BUCKET = "bucket";
    /** One that they lease of at a steady pace; its only counter has all that was ever used of it. */
    static final String CALM = "calm";

    /** No lease of {@link #BUCKET} and {@link #CALM} lives for longer. */
    static final long USERS_LEASE_MILLIS = 1_000;

    static final String BY = "k";
    private static final int CALM_HELD_MAX = 400;
    private static final long CENTURY_MILLIS = 36_500L * 24 * 3_600_000;
    private static final int KEYS_AT_ONCE = 48;
    private static final int ASKS_PER_KEY = 120;
    private static final int LEASED_KEYS = 6;

    /** A rule of the plain namespace, and the entry that makes a request match it. */
    private enum Counted {
        TOTAL("t", Limit.of(Algorithm.FIXED_WINDOW, 60, CENTURY_MILLIS), Mode.ENFORCE),
        PERMITS("p", Limit.of(Algorithm.CONCURRENCY, 30, CENTURY_MILLIS), Mode.ENFORCE),
        GCRA("g", new Limit(Algorithm.GCRA, 10, 1_000, 8), Mode.ENFORCE),
        BUCKET("b", new Limit(Algorithm.TOKEN_BUCKET, 5, 1_000, 6), Mode.SHADOW),
        WINDOW("w", Limit.of(Algorithm.FIXED_WINDOW, 9, 500), Mode.ENFORCE),
        SLIDING("s", Limit.of(Algorithm.SLIDING_WINDOW, 12, 800), Mode.ENFORCE),
        LOG("l", Limit.of(Algorithm.SLIDING_LOG, 10, 700), Mode.ENFORCE);

        private final String entry;
        private final Limit limit;
        private final Mode mode;

        Counted(String entry, Limit limit, Mode mode) {
            this.entry = entry;
            this.limit = limit;
            this.mode = mode;
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A request: its entries as name, value, name, value and so on, and the counters that it is about.
     *
     * @param by the value by which its group is found
     */
    record Request(String namespace, String by, List<String> entries, List<String> keys, long cost) {}

    private final AtomicLong asks = new AtomicLong();
    private final ConcurrentSkipListSet<String> used = new ConcurrentSkipListSet<>();
    private final ConcurrentSkipListSet<String> leased = new ConcurrentSkipListSet<>();
    private final String prefix;

    /** {@code seed} keeps the keys of one run from those of another on the same cluster. */
    Workload(long seed) {
        prefix = Long.toHexString(seed & 0xffff) + "-";
    }

    /** The plain rules at the beginning, or with limits that {@code random} chose for what time plays a part in. */
    static RuleSet plainRules(Optional<SplittableRandom> random) {
        List<Rule> rules = new ArrayList<>();
        for (Counted counted : Counted.values()) {
            Limit limit = counted.limit;
            if (random.isPresent() && limit.periodMillis() != CENTURY_MILLIS) {
                long amount = 4 + random.get().nextLong(12);
                boolean bucket = limit.burst() != limit.amount();
                limit = new Limit(
                        limit.algorithm(),
                        amount,
                        limit.periodMillis(),
                        bucket ? 3 + random.get().nextLong(8) : amount);
            }
            rules.add(new Rule(
                    counted.id(),
                    List.of(any(BY), any(counted.entry)),
                    limit,
                    counted.mode,
                    LeaseTerms.OFF,
                    FailureTerms.DENY));
        }
        return new RuleSet(PLAIN, Optional.of(BY), rules);
    }

    /** The rules of which clients lease. They never change. */
    static RuleSet leasedRules() {
        Rule hot = new Rule(
                "hot",
                List.of(any(BY), any("h")),
                new Limit(Algorithm.TOKEN_BUCKET, 300, 1_000, 200),
                Mode.ENFORCE,
                new LeaseTerms(true, 0, 2_000),
                FailureTerms.DENY);
        Rule budget = new Rule(
                "budget",
                List.of(any(BY), any("u")),
                Limit.of(Algorithm.FIXED_WINDOW, 4_000, CENTURY_MILLIS),
                Mode.ENFORCE,
                new LeaseTerms(true, 0, 2_000),
                FailureTerms.DENY);
        Rule turn = new Rule(
                "turn",
                List.of(any(BY), any("f")),
                Limit.of(Algorithm.FIXED_WINDOW, 300, 1_500),
                Mode.ENFORCE,
                new LeaseTerms(true, 0, 2_000),
                FailureTerms.DENY);
        return new RuleSet(LEASED, Optional.of(BY), List.of(hot, budget, turn));
    }

    /** The rules of what processes spend of. They never change. */
    static List<RuleSet> usersRules() {
        return List.of(
                users(BUCKET, new Limit(Algorithm.TOKEN_BUCKET, 2_000, 1_000, 1_000), 0),
                users(CALM, Limit.of(Algorithm.FIXED_WINDOW, 1_000_000_000, CENTURY_MILLIS), CALM_HELD_MAX));
    }

    private static RuleSet users(String namespace, Limit limit, int heldMax) {
        LeaseTerms terms = new LeaseTerms(true, heldMax, USERS_LEASE_MILLIS);
        Rule all = new Rule("all", List.of(), limit, Mode.ENFORCE, terms, FailureTerms.DENY);
        return new RuleSet(namespace, Optional.empty(), List.of(all));
    }

    /** What a process spends in the ordinary way. */
    static List<String> usersTasks() {
        return List.of(BUCKET + ":0:3", CALM + ":300:1");
    }

    /** What one spends that takes all that it can get. */
    static List<String> greedyTasks() {
        return List.of(BUCKET + ":4000:3", CALM + ":4000:1");
    }

    private static EntryMatch any(String name) {
        return new EntryMatch(name, new Pattern.Any());
    }

    /** What is asked for next of the plain namespace. */
    Request next(SplittableRandom random) {
        long epoch = asks.getAndIncrement() / ((long) KEYS_AT_ONCE * ASKS_PER_KEY);
        String by = prefix + epoch + "-" + random.nextInt(KEYS_AT_ONCE);
        List<Counted> counted = new ArrayList<>();
        int draw = random.nextInt(8);
        if (draw < 2) {
            counted.add(Counted.TOTAL);
        } else if (draw == 2) {
            counted.add(Counted.TOTAL);
            counted.add(Counted.PERMITS);
        } else {
            for (Counted each : Counted.values()) {
                if (each.ordinal() >= Counted.GCRA.ordinal() && random.nextInt(3) == 0) {
                    counted.add(each);
                }
            }
            if (counted.isEmpty()) {
                counted.add(Counted.PERMITS);
            }
        }
        return request(by, counted, 1 + random.nextLong(3));
    }

    /** A request over the one counter that counts everything; what it shows of itself is the same at any time. */
    Request timeless(SplittableRandom random) {
        long epoch = asks.get() / ((long) KEYS_AT_ONCE * ASKS_PER_KEY);
        return request(
                prefix + epoch + "-" + random.nextInt(KEYS_AT_ONCE), List.of(Counted.TOTAL), 1 + random.nextLong(3));
    }

    private Request request(String by, List<Counted> counted, long cost) {
        List<String> entries = new ArrayList<>(List.of(BY, by));
        List<String> keys = new ArrayList<>();
        for (Counted each : counted) {
            entries.add(each.entry);
            entries.add("1");
            String key = key(PLAIN, each.id(), by);
            keys.add(key);
            if (each.limit.periodMillis() == CENTURY_MILLIS) {
                used.add(key);
            }
        }
        return new Request(PLAIN, by, entries, keys, cost);
    }

    /** What is asked for next of the leased namespace. */
    Request leased(SplittableRandom random) {
        String by = "c" + random.nextInt(LEASED_KEYS);
        int draw = random.nextInt(4);
        String rule = draw < 2 ? "hot" : draw == 2 ? "budget" : "turn";
        String entry = draw < 2 ? "h" : draw == 2 ? "u" : "f";
        String key = key(LEASED, rule, by);
        if (draw == 2) {
            leased.add(key);
        }
        return new Request(LEASED, by, List.of(BY, by, entry, "1"), List.of(key), 1 + random.nextLong(2));
    }

    /** A counter that may be reset: of a window that is short anyway. */
    Request resettable(SplittableRandom random) {
        long epoch = asks.get() / ((long) KEYS_AT_ONCE * ASKS_PER_KEY);
        return request(prefix + epoch + "-" + random.nextInt(KEYS_AT_ONCE), List.of(Counted.WINDOW), 1);
    }

    /** Every counter that still says at the end what was taken of it in the whole run, and that nobody leases of. */
    List<String> lasting() {
        return List.copyOf(used);
    }

    /** Every such counter that clients lease of. */
    List<String> lastingLeased() {
        List<String> all = new ArrayList<>(leased);
        all.add(QuotaKey.of(CALM, "all", List.of()).toString());
        return all;
    }

    private static String key(String namespace, String rule, String by) {
        return QuotaKey.of(namespace, rule, List.of(by, "1")).toString();
    }
}
