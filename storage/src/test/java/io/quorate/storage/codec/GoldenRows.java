package io.quorate.storage.codec;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.LimitSweep;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.Session.Answer;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Holder;
import io.quorate.core.quota.CounterState.Taken;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Ledger.Lease;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Regex;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values whose bytes stand in {@code src/test/resources/golden}, by file and name of the case. */
final class GoldenRows {
    private static final long NOW_MILLIS = 1_795_000_000_000L;

    private GoldenRows() {}

    static Map<String, CounterRow> counters() {
        Map<String, CounterRow> cases = new LinkedHashMap<>();
        cases.put("bucket", new CounterRow(3, new CounterState.Bucket(NOW_MILLIS, 17)));
        cases.put("bucket-early", new CounterRow(300, new CounterState.Bucket(-5, 0)));
        cases.put("bucket-extreme", new CounterRow(-1, new CounterState.Bucket(Long.MIN_VALUE, Long.MAX_VALUE)));
        cases.put("window", new CounterRow(1, new CounterState.Window(1_795_000_000L, 1000)));
        cases.put("sliding", new CounterRow(2, new CounterState.Sliding(29_916_666L, 7, 90)));
        cases.put("log-of-one", new CounterRow(4, new CounterState.Log(List.of(new Taken(NOW_MILLIS, 1)))));
        cases.put(
                "log",
                new CounterRow(
                        4,
                        new CounterState.Log(List.of(
                                new Taken(NOW_MILLIS, 1),
                                new Taken(NOW_MILLIS + 1, 200),
                                new Taken(NOW_MILLIS + 100_000, 3)))));
        cases.put(
                "permits",
                new CounterRow(
                        5,
                        new CounterState.Permits(List.of(
                                new Holder(new ChargeId(9, 1), 1, NOW_MILLIS),
                                new Holder(new ChargeId(8, 1_000_000), 5, NOW_MILLIS),
                                new Holder(new ChargeId(9, 2), 2, NOW_MILLIS + 30_000)))));
        Lease first = new Lease(7, 1, 1, 10, 2, 3000, 10, 2, 0, NOW_MILLIS + 3001, 6);
        Lease second = new Lease(1L << 33, 300, 41, 0, 0, 900, 5000, 4000, 1000, NOW_MILLIS + 901, 5);
        cases.put(
                "leased-bucket",
                new CounterRow(
                        6,
                        new CounterState.Leased(
                                new CounterState.Bucket(NOW_MILLIS, 17), Ledger.of(List.of(first, second)))));
        cases.put(
                "leased-fresh",
                new CounterRow(6, new CounterState.Leased(CounterState.Fresh.INSTANCE, Ledger.of(List.of(second)))));
        cases.put(
                "leased-log",
                new CounterRow(
                        6,
                        new CounterState.Leased(
                                new CounterState.Log(List.of(new Taken(NOW_MILLIS, 1))), Ledger.of(List.of(first)))));
        return cases;
    }

    static Map<String, Session> sessions() {
        Map<String, Session> cases = new LinkedHashMap<>();
        cases.put("new", new Session(1, "", NOW_MILLIS));
        List<Outcome> outcomes = new ArrayList<>(List.of(
                new Outcome.Acquired(true, List.of(new ChargeResult(true, 41, 0, 19_000))),
                new Outcome.Acquired(
                        false, List.of(new ChargeResult(true, 5, 0, 1000), new ChargeResult(false, 0, -1, 60_000))),
                new Outcome.Acquired(true, List.of()),
                new Outcome.Refunded(3),
                new Outcome.SessionOpened(77, 60_000),
                new Outcome.Done(12),
                new Outcome.RulesPut(9, true),
                new Outcome.RulesPut(9, false)));
        outcomes.addAll(refusals(1, 10));
        Charge client = new Charge(QuotaKey.of("shop", "per-client", List.of("grüße")), 3, Mode.ENFORCE);
        Charge all = new Charge(QuotaKey.of("shop", "all", List.of()), 400, Mode.SHADOW);
        List<Grant> grants = List.of(
                new Grant(100, 5, 0, NOW_MILLIS, NOW_MILLIS + 60_000, false, List.of(client, all)),
                new Grant(250, 1_000_000_000, 999_999_999, NOW_MILLIS + 3, NOW_MILLIS + 3_600_000, true, List.of(all)));
        cases.put("full", Session.restore(1L << 33, "checkout-7 日本", NOW_MILLIS + 5, 99, answers(outcomes), grants));
        cases.put("leases", Session.restore(7, "api", NOW_MILLIS, 1, List.of(), List.of(), 300));
        cases.put("answer-refusal", Session.restore(7, "api", NOW_MILLIS, 100, answers(refusals(15, 15)), List.of()));
        cases.put("lease-refusals", Session.restore(7, "api", NOW_MILLIS, 100, answers(refusals(11, 14)), List.of()));
        return cases;
    }

    private static List<Outcome> refusals(int fromId, int toId) {
        List<Outcome> refusals = new ArrayList<>();
        for (int id = fromId; id <= toId; id++) {
            refusals.add(new Outcome.Refused(Outcome.Reason.ofId(id)));
        }
        return refusals;
    }

    private static List<Answer> answers(List<Outcome> outcomes) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Applied applied = new Applied(5000 + i / 3, i % 3, NOW_MILLIS + i / 3, 4 - i / 10, outcomes.get(i));
            answers.add(new Answer(100 + 2 * i, 0x0123_4567_89ab_cdefL * (i + 1), applied));
        }
        return answers;
    }

    static Map<String, LimitDefinition> limits() {
        Map<String, LimitDefinition> cases = new LinkedHashMap<>();
        for (Algorithm algorithm : Algorithm.values()) {
            boolean bucket = algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.GCRA;
            Limit limit = new Limit(algorithm, 60, 60_000, bucket ? 20 : 60);
            cases.put(algorithm.label(), new LimitDefinition(algorithm.id() * 100, limit));
        }
        return cases;
    }

    static Map<String, AppliedRules> rules() {
        Map<String, AppliedRules> cases = new LinkedHashMap<>();
        cases.put("deleted", new AppliedRules("gone", 12, Optional.empty(), List.of()));
        Rule first = new Rule(
                "per-client",
                List.of(
                        new EntryMatch("client", new Pattern.Any()),
                        new EntryMatch("endpoint", new Pattern.Prefix("/search")),
                        new EntryMatch("method", new Pattern.Exact("GET*"))),
                new Limit(Algorithm.GCRA, 60, 60_000, 20),
                Mode.ENFORCE);
        Rule second = new Rule("all", List.of(), Limit.of(Algorithm.FIXED_WINDOW, 1000, 1000), Mode.SHADOW);
        cases.put(
                "full",
                new AppliedRules(
                        "shop",
                        1000,
                        Optional.of("client"),
                        List.of(new NumberedRule(first, 3), new NumberedRule(second, 400))));
        Limit limit = Limit.of(Algorithm.GCRA, 1000, 1000);
        Rule leaseOff = new Rule("off", List.of(), limit, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY);
        Rule lease =
                new Rule("lease", List.of(), limit, Mode.SHADOW, new LeaseTerms(true, 500, 3000), FailureTerms.DENY);
        Rule failure =
                new Rule("failure", List.of(), limit, Mode.ENFORCE, LeaseTerms.DEFAULT, new FailureTerms(50, 1000));
        Rule both =
                new Rule("both", List.of(), limit, Mode.SHADOW, new LeaseTerms(true, 0, 100), new FailureTerms(1, 1));
        cases.put(
                "terms",
                new AppliedRules(
                        "shop",
                        1001,
                        Optional.empty(),
                        List.of(
                                new NumberedRule(leaseOff, 1),
                                new NumberedRule(lease, 2),
                                new NumberedRule(failure, 3),
                                new NumberedRule(both, 4))));
        cases.put(
                "patterns", new AppliedRules("shop", 1002, Optional.empty(), List.of(new NumberedRule(patterns(), 5))));
        cases.put("times", new AppliedRules("shop", 1003, Optional.of("client"), 1L << 40, times()));
        return cases;
    }

    /** Every kind of pattern, some counted otherwise than their kind is. */
    private static Rule patterns() {
        List<Pattern> list = List.of(
                new Pattern.Exact("a"),
                new Pattern.Prefix("b"),
                Pattern.parse("*c"),
                Pattern.Cidr.parse("10.0.0.0/8"),
                new Regex("d+"),
                new Pattern.Range(-7, 7));
        return new Rule(
                "patterns",
                List.of(
                        new EntryMatch("any", new Pattern.Any(), false),
                        new EntryMatch("exact", new Pattern.Exact("x*"), true),
                        new EntryMatch("prefix", new Pattern.Prefix("/x"), true),
                        new EntryMatch("glob", Pattern.parse("/a*b*c"), true),
                        new EntryMatch("list", new Pattern.AnyOf(list)),
                        new EntryMatch("v4", Pattern.Cidr.parse("192.168.4.0/22")),
                        new EntryMatch("v6", Pattern.Cidr.parse("2001:db8::/32"), true),
                        new EntryMatch("regex", new Regex("[a-z]{1,8}-\\d+")),
                        new EntryMatch("range", new Pattern.Range(Long.MIN_VALUE, Long.MAX_VALUE)),
                        new EntryMatch("absent", new Pattern.Absent()),
                        new EntryMatch("not", new Pattern.Not(new Pattern.AnyOf(list.subList(0, 2))))),
                Limit.of(Algorithm.SLIDING_LOG, 5, 1000),
                Mode.DISABLED);
    }

    private static List<NumberedRule> times() {
        List<EntryMatch> each = List.of(new EntryMatch("client", new Pattern.Any()));
        Rule unlimited = new Rule(
                "unlimited",
                each,
                new Effect.Unlimited(),
                Mode.ENFORCE,
                LeaseTerms.DEFAULT,
                FailureTerms.DENY,
                new Precedence(-3, Optional.of("plan"), true, List.of("sale", "gone")),
                Activation.ALWAYS);
        Rule sale = new Rule(
                "sale",
                each,
                new Effect.Limited(Limit.of(Algorithm.GCRA, 7, 1000)),
                Mode.SHADOW,
                LeaseTerms.OFF,
                new FailureTerms(1, 1),
                new Precedence(1_000_000, Optional.empty(), false, List.of()),
                new Activation(
                        Optional.of(new Rollout(1250, List.of("client", "path"), "salt")),
                        List.of(new Window(Window.OPEN_FROM, 1000), new Window(1L << 40, Window.OPEN_UNTIL))));
        return List.of(new NumberedRule(unlimited, NumberedRule.NO_LIMIT), new NumberedRule(sale, 9));
    }

    static Map<String, Header> headers() {
        Map<String, Header> cases = headersBeforeLeasedTokens();
        cases.put("leased", header(LimitSweep.EMPTY, Long.MAX_VALUE));
        return cases;
    }

    static Map<String, Header> headersBeforeLeasedTokens() {
        Map<String, Header> cases = headersBeforeLimitSweeps();
        cases.put("idle-limits", header(LimitSweep.of(300, new int[] {1, 2, 200, 1 << 30}), 0));
        cases.put("limits-to-come", header(LimitSweep.of(Integer.MAX_VALUE, new int[0]), 0));
        return cases;
    }

    static Map<String, Header> headersBeforeLimitSweeps() {
        Map<String, Header> cases = new LinkedHashMap<>();
        cases.put("empty", Header.EMPTY);
        cases.put("full", header(LimitSweep.EMPTY, 0));
        return cases;
    }

    private static Header header(LimitSweep limitSweep, long leasedTokens) {
        return new Header(
                1L << 40,
                12,
                NOW_MILLIS,
                9,
                1000,
                77,
                QuotaKey.of("shop", "all", List.of()).bytes(),
                limitSweep,
                1_000_000,
                leasedTokens,
                0xfedc_ba98_7654_3210L);
    }
}
