package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What other rules would change: a trace decided by the rules of now and by the newer ones, each with counters of its
 * own, and every request's two answers compared.
 *
 * <p>Not thread-safe. Call {@link #offer} for each request, then {@link #finish}.
 */
public final class RulesPlan {
    private static final int REFUSALS_MAX = 10;

    private final Side now = new Side();
    private final Side newer = new Side();
    private final Replay nowReplay;
    private final Replay newerReplay;
    private final Map<Change, long[]> counts = new TreeMap<>();
    private final Map<Change, Map<String, Map<QuotaKey, long[]>>> keys = new TreeMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private long requests;

    public RulesPlan(RuleSet nowRules, RuleSet newerRules) {
        if (!nowRules.namespace().equals(newerRules.namespace())) {
            throw new IllegalArgumentException("rules of namespace '" + newerRules.namespace()
                    + "' can't be planned against those of '" + nowRules.namespace() + "'");
        }
        this.nowReplay = new Replay(nowRules, now);
        this.newerReplay = new Replay(newerRules, newer);
    }

    /** How a request's answer changes. */
    public enum Change {
        /** Granted by both. */
        STILL_GRANTED,
        /** Denied by both, maybe by other rules. */
        STILL_DENIED,
        /** Granted now, denied by the newer rules. */
        NEWLY_DENIED,
        /** Denied now, granted by the newer rules. */
        NEWLY_GRANTED,
        /** One of the two wouldn't decide it at all, such as a request that lacks the entry of {@code colocate}. */
        REFUSED
    }

    /** A key and how many requests changed because of it. */
    public record ChangedKey(List<String> values, long requests) {
        public ChangedKey {
            values = List.copyOf(values);
        }
    }

    /**
     * What changes because of one rule.
     *
     * @param rule of newly denied requests one of the newer rules that denied, of newly granted ones a rule of now
     *     that had denied
     * @param requests how many; a request that several rules denied counts for each
     * @param keys distinct counters
     */
    public record RuleChange(String rule, Change change, long requests, long keys, List<ChangedKey> worst) {
        public RuleChange {
            worst = List.copyOf(worst);
        }
    }

    /** A request that one of the two wouldn't decide. */
    public record Refusal(long line, boolean byNewer, String reason) {}

    /**
     * All that changes.
     *
     * @param refusals the first requests that one of the two wouldn't decide
     */
    public record Summary(long requests, Map<Change, Long> counts, List<RuleChange> rules, List<Refusal> refusals) {
        public Summary {
            counts = Map.copyOf(counts);
            rules = List.copyOf(rules);
            refusals = List.copyOf(refusals);
        }

        public long count(Change change) {
            return counts.getOrDefault(change, 0L);
        }
    }

    /** Takes the next request. */
    public void offer(TraceRequest request) {
        nowReplay.offer(request);
        newerReplay.offer(request);
        compare();
    }

    /** Decides what is still waiting. */
    public void finish() {
        nowReplay.finish();
        newerReplay.finish();
        compare();
    }

    /** What changed so far, with up to {@code topMax} of each rule's worst hit keys; most requests first. */
    public Summary summary(int topMax) {
        Map<Change, Long> sums = new TreeMap<>();
        counts.forEach((change, count) -> sums.put(change, count[0]));
        List<RuleChange> rules = new ArrayList<>();
        keys.forEach((change, byRule) -> byRule.forEach((rule, byKey) -> {
            long sum = byKey.values().stream().mapToLong(count -> count[0]).sum();
            List<ChangedKey> worst = byKey.entrySet().stream()
                    .sorted(Comparator.<Map.Entry<QuotaKey, long[]>>comparingLong(e -> -e.getValue()[0])
                            .thenComparing(Map.Entry::getKey))
                    .limit(topMax)
                    .map(e -> new ChangedKey(e.getKey().values(), e.getValue()[0]))
                    .toList();
            rules.add(new RuleChange(rule, change, sum, byKey.size(), worst));
        }));
        rules.sort(Comparator.comparing(RuleChange::change).thenComparingLong(rule -> -rule.requests()));
        return new Summary(requests, sums, rules, refusals);
    }

    /** Both answer in the order of the trace, but one may be some requests ahead. */
    private void compare() {
        while (!now.answers.isEmpty() && !newer.answers.isEmpty()) {
            Answer before = now.answers.remove();
            Answer after = newer.answers.remove();
            if (before.line != after.line) {
                throw new IllegalStateException("line " + before.line + " was answered beside line " + after.line);
            }
            requests++;
            Change change = change(before, after);
            counts.computeIfAbsent(change, c -> new long[1])[0]++;
            keep(before, false);
            keep(after, true);
            if (change == Change.NEWLY_DENIED) {
                add(change, after.denying);
            } else if (change == Change.NEWLY_GRANTED) {
                add(change, before.denying);
            }
        }
    }

    private void keep(Answer answer, boolean byNewer) {
        if (!answer.refused.isEmpty() && refusals.size() < REFUSALS_MAX) {
            refusals.add(new Refusal(answer.line, byNewer, answer.refused));
        }
    }

    private static Change change(Answer before, Answer after) {
        if (!before.refused.isEmpty() || !after.refused.isEmpty()) {
            return Change.REFUSED;
        }
        if (before.granted) {
            return after.granted ? Change.STILL_GRANTED : Change.NEWLY_DENIED;
        }
        return after.granted ? Change.NEWLY_GRANTED : Change.STILL_DENIED;
    }

    private void add(Change change, List<QuotaKey> denying) {
        for (QuotaKey key : denying) {
            keys.computeIfAbsent(change, c -> new TreeMap<>())
                    .computeIfAbsent(key.ruleId(), rule -> new HashMap<>())
                    .computeIfAbsent(key, k -> new long[1])[0]++;
        }
    }

    /** What came of one request, why it wasn't decided if it wasn't, and the counters that denied it. */
    private record Answer(long line, boolean granted, String refused, List<QuotaKey> denying) {}

    /** The answers of one replay that wait for the other's. */
    private static final class Side implements DecisionListener {
        private final ArrayDeque<Answer> answers = new ArrayDeque<>();
        private List<QuotaKey> denying = List.of();

        @Override
        public void decided(
                TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis) {
            if (verdict == RuleVerdict.DENIED && matched.rule().rule().mode() != Mode.SHADOW) {
                denying = denying.isEmpty() ? new ArrayList<>() : denying;
                denying.add(matched.key());
            }
        }

        @Override
        public void answered(TraceRequest request, int rulesMatched, boolean granted) {
            answers.add(new Answer(request.line(), granted, "", denying));
            denying = List.of();
        }

        @Override
        public void refused(TraceRequest request, String reason) {
            answers.add(new Answer(request.line(), false, reason, List.of()));
            denying = List.of();
        }
    }
}
