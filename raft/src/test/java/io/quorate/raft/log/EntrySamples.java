package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.RandomRules;
import io.quorate.core.rule.Regex;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** Entries to test with: one of each kind by name, and random ones. */
final class EntrySamples {
    private static final long LOG_TIME_MILLIS = 1_750_000_000_123L;
    private static final QuotaKey KEY = QuotaKey.of("shop", "per-client", List.of("42"));
    private static final QuotaKey OTHER_KEY = QuotaKey.of("shop", "search-global", List.of());
    private static final Limit GCRA = new Limit(Algorithm.GCRA, 60, 60_000, 20);
    private static final Limit WINDOW = Limit.of(Algorithm.FIXED_WINDOW, 1000, 1000);

    private EntrySamples() {}

    /** An entry for each kind of command, by the name of its golden file. */
    static Map<String, LogEntry> golden() {
        Map<String, LogEntry> samples = new TreeMap<>();
        samples.put("empty", entry(List.of(), List.of()));
        samples.put("open-session", entry(List.of(), List.of(new Command.OpenSession("gateway-\u00e9"))));
        samples.put("close-session", entry(List.of(), List.of(new Command.CloseSession(300))));
        samples.put("acquire", entry(List.of(new LimitDefinition(7, GCRA)), List.of(acquire(1, KEY, 7))));
        samples.put("acquire-several", several());
        samples.put("refund", entry(List.of(), List.of(new Command.Refund(5, 1001, 1000, 999, 3))));
        samples.put("reset", entry(List.of(), List.of(new Command.Reset(KEY), new Command.Reset(KEY))));
        samples.put("sweep", entry(List.of(), List.of(new Command.Sweep(1000))));
        samples.put("fence-rules", entry(List.of(), List.of(new Command.FenceRules(12))));
        samples.put("put-rules", entry(List.of(), List.of(putRules(), deleteRules())));
        samples.put("put-rules-terms", entry(List.of(), List.of(putRulesWithTerms())));
        samples.put("put-rules-all", entry(List.of(), List.of(putRulesOfAllKinds())));
        samples.put("settle-rules", entry(List.of(), List.of(new Command.SettleRules())));
        samples.put("renew-lease", entry(List.of(new LimitDefinition(7, GCRA)), renewals()));
        return samples;
    }

    private static List<Command> renewals() {
        return List.of(
                new Command.RenewLease(5, KEY, 7, 1, 1, 0, 0, 2, 10, 3000),
                new Command.RenewLease(5, OTHER_KEY, 0, 300, 41, 1_000_000_000, 20_000, 0, 0, 60_000),
                new Command.RenewLease(6, KEY, 7, 1, 2, 3, 1, 0, 500, 100));
    }

    private static LogEntry several() {
        List<LimitDefinition> limits = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            limits.add(new LimitDefinition(algorithm.id(), Limit.of(algorithm, 100, 60_000)));
        }
        Command both = new Command.Acquire(
                5,
                1001,
                1000,
                -1,
                3,
                List.of(new Charge(KEY, 1, Mode.ENFORCE), new Charge(OTHER_KEY, 300, Mode.SHADOW)));
        return entry(limits, List.of(acquire(1, KEY, 1), both, acquire(3, OTHER_KEY, 300)));
    }

    private static Command acquire(long sequence, QuotaKey key, int limitId) {
        return new Command.Acquire(
                5, sequence, 1, 0x0123456789abcdefL, 1, List.of(new Charge(key, limitId, Mode.ENFORCE)));
    }

    private static Command putRules() {
        Rule perClient =
                new Rule("per-client", List.of(new EntryMatch("client", new Pattern.Any())), GCRA, Mode.ENFORCE);
        Rule search = new Rule(
                "search",
                List.of(
                        new EntryMatch("client", new Pattern.Any()),
                        new EntryMatch("endpoint", new Pattern.Prefix("/search")),
                        new EntryMatch("method", new Pattern.Exact("GET"))),
                WINDOW,
                Mode.SHADOW);
        RuleSet rules = new RuleSet("shop", Optional.of("client"), List.of(perClient, search));
        return new Command.PutRules(rules, OptionalLong.of(0));
    }

    private static Command putRulesWithTerms() {
        List<EntryMatch> each = List.of(new EntryMatch("client", new Pattern.Any()));
        List<Rule> rules = List.of(
                new Rule("off", each, GCRA, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY),
                new Rule("lease", each, WINDOW, Mode.SHADOW, new LeaseTerms(true, 500, 3000), FailureTerms.DENY),
                new Rule("failure", each, GCRA, Mode.ENFORCE, LeaseTerms.DEFAULT, new FailureTerms(50, 1000)),
                new Rule("both", List.of(), GCRA, Mode.SHADOW, new LeaseTerms(true, 20, 0), new FailureTerms(1, 1)));
        return new Command.PutRules(new RuleSet("shop", Optional.empty(), rules), OptionalLong.empty());
    }

    /** Each kind of pattern and of term that came after the first release of the format. */
    private static Command putRulesOfAllKinds() {
        List<EntryMatch> match = List.of(
                new EntryMatch("any", new Pattern.Any(), false),
                new EntryMatch("exact", new Pattern.Exact("x*"), true),
                new EntryMatch("prefix", new Pattern.Prefix("/x"), true),
                new EntryMatch("glob", Pattern.parse("/a*b*c")),
                new EntryMatch("list", new Pattern.AnyOf(List.of(new Pattern.Exact("a"), new Pattern.Prefix("b")))),
                new EntryMatch("v4", Pattern.Cidr.parse("192.168.4.0/22")),
                new EntryMatch("v6", Pattern.Cidr.parse("2001:db8::/32"), true),
                new EntryMatch("regex", new Regex("[a-z]{1,8}-\\d+")),
                new EntryMatch("range", new Pattern.Range(Long.MIN_VALUE, 1)),
                new EntryMatch("absent", new Pattern.Absent()),
                new EntryMatch("not", new Pattern.Not(new Pattern.Prefix("no"))));
        Rule rule = new Rule(
                "all",
                match,
                new Effect.Unlimited(),
                Mode.DISABLED,
                LeaseTerms.DEFAULT,
                FailureTerms.DENY,
                new Precedence(-3, Optional.of("plan"), true, List.of("sale")),
                new Activation(
                        Optional.of(new Rollout(1250, List.of("exact"), "salt")), List.of(new Window(1000, 2000))));
        return new Command.PutRules(new RuleSet("shop", Optional.empty(), List.of(rule)), OptionalLong.of(7));
    }

    /** Rules of anything that there is. */
    static Command randomRules(Random random) {
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            rules.add(RandomRules.rule("r" + i, 20, random));
        }
        return new Command.PutRules(new RuleSet("shop", Optional.empty(), rules), OptionalLong.empty());
    }

    private static Command deleteRules() {
        return new Command.PutRules(new RuleSet("shop", Optional.empty(), List.of()), OptionalLong.empty());
    }

    private static LogEntry entry(List<LimitDefinition> limits, List<Command> commands) {
        return new LogEntry(LOG_TIME_MILLIS, 12, limits, commands);
    }

    /** An entry of anything that may be submitted, extremes included. */
    static LogEntry random(Random random) {
        List<LimitDefinition> limits = new ArrayList<>();
        int limitCount = random.nextInt(40);
        for (int i = 0; i < limitCount; i++) {
            limits.add(new LimitDefinition(i == 0 ? -1 : 1 << random.nextInt(31) | i, WINDOW));
        }
        List<LimitDefinition> distinct = new ArrayList<>();
        for (LimitDefinition limit : limits) {
            if (distinct.stream().noneMatch(d -> d.limitId() == limit.limitId())) {
                distinct.add(limit);
            }
        }
        int keyCount = 1 + random.nextInt(2000);
        List<Command> commands = new ArrayList<>();
        int count = random.nextInt(LogEntry.COMMANDS_MAX + 1);
        for (int i = 0; i < count; i++) {
            commands.add(randomCommand(random, keyCount));
        }
        return new LogEntry(random.nextLong() >>> 22, random.nextLong(), distinct, commands);
    }

    private static Command randomCommand(Random random, int keyCount) {
        return switch (random.nextInt(13)) {
            case 0 -> new Command.OpenSession("c".repeat(random.nextInt(65)));
            case 1 -> new Command.CloseSession(anyLong(random));
            case 2 ->
                new Command.Refund(anyLong(random), anyLong(random), anyLong(random), anyLong(random), anyLong(random));
            case 3 -> new Command.Reset(key(random, keyCount));
            case 4 -> new Command.Sweep(random.nextInt());
            case 5 -> new Command.FenceRules(anyLong(random));
            case 7 -> randomRenewal(random, keyCount);
            case 6 ->
                List.of(putRules(), putRulesWithTerms(), deleteRules(), randomRules(random))
                        .get(random.nextInt(4));
            default -> randomAcquire(random, keyCount);
        };
    }

    private static Command randomRenewal(Random random, int keyCount) {
        return new Command.RenewLease(
                anyLong(random),
                key(random, keyCount),
                random.nextInt(),
                anyLong(random),
                anyLong(random),
                anyLong(random),
                anyLong(random),
                anyLong(random),
                anyLong(random),
                anyLong(random));
    }

    private static Command randomAcquire(Random random, int keyCount) {
        List<Charge> charges = new ArrayList<>();
        int count = random.nextInt(10) == 0 ? random.nextInt(Command.CHARGES_MAX + 1) : 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            charges.add(new Charge(
                    key(random, keyCount), random.nextInt(), random.nextBoolean() ? Mode.ENFORCE : Mode.SHADOW));
        }
        return new Command.Acquire(
                anyLong(random), anyLong(random), anyLong(random), random.nextLong(), anyLong(random), charges);
    }

    /** Any long, the small ones and the extremes more often than by chance. */
    private static long anyLong(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> random.nextLong();
            default -> random.nextInt(1000);
        };
    }

    private static QuotaKey key(Random random, int keyCount) {
        return QuotaKey.of("shop", "per-client", List.of("client-" + random.nextInt(keyCount)));
    }
}
