package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts the decisions of a replay, per rule and over all. Not thread-safe. */
public final class ReplayTally implements DecisionListener {
    /** Most reasons kept for requests that weren't decided. */
    private static final int REASONS_MAX = 100;

    private final Map<String, PerRule> rules = new LinkedHashMap<>();
    private final List<Undecided> refusedKept = new ArrayList<>();
    private final List<Undecided> unknownKept = new ArrayList<>();
    private long requests;
    private long granted;
    private long denied;
    private long unmatched;
    private long refused;
    private long unknown;

    public ReplayTally(RuleSet set) {
        for (Rule rule : set.rules()) {
            rules.put(rule.id(), new PerRule(rule));
        }
    }

    @Override
    public void decided(
            TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis) {
        PerRule rule = rules.get(matched.rule().rule().id());
        if (rule == null) {
            throw new IllegalArgumentException(
                    "no such rule: " + matched.rule().rule().id());
        }
        rule.add(matched.key(), verdict);
    }

    @Override
    public void answered(TraceRequest request, int rulesMatched, boolean allowed) {
        requests++;
        unmatched += rulesMatched == 0 ? 1 : 0;
        granted += allowed ? 1 : 0;
        denied += allowed ? 0 : 1;
    }

    @Override
    public void refused(TraceRequest request, String reason) {
        requests++;
        refused++;
        keep(refusedKept, request, reason);
    }

    @Override
    public void unknown(TraceRequest request, String reason) {
        requests++;
        unknown++;
        keep(unknownKept, request, reason);
    }

    private static void keep(List<Undecided> kept, TraceRequest request, String reason) {
        if (kept.size() < REASONS_MAX) {
            kept.add(new Undecided(request.line(), reason));
        }
    }

    /** All counts so far, with up to {@code topMax} of each rule's most denied keys. */
    public Summary summary(int topMax) {
        List<RuleSummary> each = new ArrayList<>();
        for (PerRule rule : rules.values()) {
            each.add(rule.summary(topMax));
        }
        return new Summary(requests, granted, denied, unmatched, refused, unknown, each, refusedKept, unknownKept);
    }

    /** A line that wasn't decided, and why. */
    public record Undecided(long line, String reason) {}

    /** A key and how often it was denied. */
    public record DeniedKey(List<String> values, long denied) {
        public DeniedKey {
            values = List.copyOf(values);
        }
    }

    /**
     * One rule's counts: {@code requests} = admitted + denied + blocked.
     *
     * @param keys distinct counters
     */
    public record RuleSummary(
            Rule rule, long requests, long admitted, long denied, long blocked, long keys, List<DeniedKey> mostDenied) {
        public RuleSummary {
            mostDenied = List.copyOf(mostDenied);
        }
    }

    /**
     * All counts: {@code requests} = granted + denied + refused + unknown.
     *
     * @param unmatched requests that no rule matched; they are granted
     */
    public record Summary(
            long requests,
            long granted,
            long denied,
            long unmatched,
            long refused,
            long unknown,
            List<RuleSummary> rules,
            List<Undecided> refusedKept,
            List<Undecided> unknownKept) {
        public Summary {
            rules = List.copyOf(rules);
            refusedKept = List.copyOf(refusedKept);
            unknownKept = List.copyOf(unknownKept);
        }
    }

    /** One rule's counts while they grow. */
    private static final class PerRule {
        private final Rule rule;
        private final Set<QuotaKey> keys = new HashSet<>();
        private final Map<QuotaKey, long[]> deniedKeys = new HashMap<>();
        private final long[] counts = new long[RuleVerdict.values().length];

        PerRule(Rule rule) {
            this.rule = rule;
        }

        void add(QuotaKey key, RuleVerdict verdict) {
            counts[verdict.ordinal()]++;
            keys.add(key);
            if (verdict == RuleVerdict.DENIED) {
                deniedKeys.computeIfAbsent(key, k -> new long[1])[0]++;
            }
        }

        RuleSummary summary(int topMax) {
            List<DeniedKey> top = deniedKeys.entrySet().stream()
                    .sorted(Comparator.<Map.Entry<QuotaKey, long[]>>comparingLong(e -> -e.getValue()[0])
                            .thenComparing(Map.Entry::getKey))
                    .limit(topMax)
                    .map(e -> new DeniedKey(e.getKey().values(), e.getValue()[0]))
                    .toList();
            long admitted = counts[RuleVerdict.ADMITTED.ordinal()];
            long denied = counts[RuleVerdict.DENIED.ordinal()];
            long blocked = counts[RuleVerdict.BLOCKED.ordinal()];
            return new RuleSummary(rule, admitted + denied + blocked, admitted, denied, blocked, keys.size(), top);
        }
    }
}
