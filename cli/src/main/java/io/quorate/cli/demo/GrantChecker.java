package io.quorate.cli.demo;

import io.quorate.client.api.Result.Position;
import io.quorate.client.api.Result.RuleResult;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.CompiledRules.Matched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges grants from outside: by what callers were told, not by the cluster's books.
 *
 * <p>Each counter's grants, in log order, must fit its limit twice over: by the limit's own definition (sums over
 * windows of log time), and replayed through the algorithm, which must allow each of them.
 */
final class GrantChecker {
    private static final Comparator<Taken> LOG_ORDER =
            Comparator.<Taken>comparingLong(t -> t.position.index()).thenComparingInt(t -> t.position.position());

    private final CompiledRules rules;
    private final List<String> violations = new ArrayList<>();
    private final Map<QuotaKey, Counter> counters = new HashMap<>();
    private final Set<Position> positions = new HashSet<>();
    private int grants;

    /** Tokens that one grant took from one counter. */
    private record Taken(Position position, long tokens, GrantRecord grant, RuleResult said) {}

    /** One counter's grants. */
    private record Counter(Limit limit, List<Taken> taken) {}

    GrantChecker(CompiledRules rules) {
        this.rules = rules;
    }

    void add(GrantRecord grant) {
        grants++;
        Position position = grant.granted().position();
        List<Matched> matched = rules.match(grant.descriptor());
        List<RuleResult> results = grant.granted().rules();
        if (results.size() != matched.size()) {
            violations.add("a grant at " + place(position) + " names " + results.size() + " rules, but "
                    + matched.size() + " match");
            return;
        }
        if (!positions.add(position)) {
            violations.add("two grants stand at one place: " + place(position));
        }
        for (int i = 0; i < matched.size(); i++) {
            Matched one = matched.get(i);
            RuleResult said = results.get(i);
            if (!said.allowed() && !said.shadow()) {
                violations.add("granted at " + place(position) + " though " + said.rule() + " denied");
            }
            if (said.allowed()) {
                counters.computeIfAbsent(
                                one.key(), key -> new Counter(one.rule().rule().limit(), new ArrayList<>()))
                        .taken
                        .add(new Taken(position, grant.cost(), grant, said));
            }
        }
    }

    int grants() {
        return grants;
    }

    int counters() {
        return counters.size();
    }

    /** Tokens granted of a counter. */
    long granted(QuotaKey key) {
        Counter counter = counters.get(key);
        return counter == null
                ? 0
                : counter.taken.stream().mapToLong(Taken::tokens).sum();
    }

    /** Everything that is wrong; empty if no limit was exceeded. */
    List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        counters.forEach((key, counter) -> {
            counter.taken.sort(LOG_ORDER);
            checkOrder(key, counter, all);
            if (counter.limit.algorithm() == Algorithm.CONCURRENCY) {
                return; // its permits come back by refunds, which the demo's traffic checks as it goes
            }
            checkDefinition(key, counter, all);
            checkMeter(key, counter, all);
        });
        return all;
    }

    /** Log time never goes back along the log, and a counter lives in one group. */
    private static void checkOrder(QuotaKey key, Counter counter, List<String> violations) {
        Position before = null;
        for (Taken taken : counter.taken) {
            Position at = taken.position;
            if (before != null && (at.group() != before.group() || at.logTimeMillis() < before.logTimeMillis())) {
                violations.add(key + ": " + place(at) + " after " + place(before));
            }
            before = at;
        }
    }

    private static void checkDefinition(QuotaKey key, Counter counter, List<String> violations) {
        Limit limit = counter.limit;
        switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> bucket(key, counter, violations);
            case FIXED_WINDOW -> fixedWindow(key, counter, violations);
            case SLIDING_LOG -> slidingLog(key, counter, violations);
            // The sliding window counter is defined by its own estimate, so the meter is its definition.
            case SLIDING_WINDOW, CONCURRENCY -> {}
        }
    }

    /** For all s before t: granted(s..t) is at most burst + rate * (t - s). In units of token milliseconds. */
    private static void bucket(QuotaKey key, Counter counter, List<String> violations) {
        Limit limit = counter.limit;
        long granted = 0;
        long least = Long.MAX_VALUE;
        for (Taken taken : counter.taken) {
            long refilled = Math.multiplyExact(limit.amount(), taken.position.logTimeMillis() - base(counter));
            least = Math.min(least, Math.multiplyExact(granted, limit.periodMillis()) - refilled);
            granted += taken.tokens;
            long now = Math.multiplyExact(granted, limit.periodMillis()) - refilled;
            if (now - least > Math.multiplyExact(limit.burst(), limit.periodMillis())) {
                violations.add(key + ": more than burst + rate * time granted at " + place(taken.position));
            }
        }
    }

    private static long base(Counter counter) {
        return counter.taken.get(0).position.logTimeMillis();
    }

    private static void fixedWindow(QuotaKey key, Counter counter, List<String> violations) {
        long window = Long.MIN_VALUE;
        long granted = 0;
        for (Taken taken : counter.taken) {
            long index = Math.floorDiv(taken.position.logTimeMillis(), counter.limit.periodMillis());
            granted = index == window ? granted + taken.tokens : taken.tokens;
            window = index;
            if (granted > counter.limit.amount()) {
                violations.add(key + ": " + granted + " granted in one window at " + place(taken.position));
            }
        }
    }

    private static void slidingLog(QuotaKey key, Counter counter, List<String> violations) {
        int from = 0;
        long granted = 0;
        for (Taken taken : counter.taken) {
            granted += taken.tokens;
            long edge = taken.position.logTimeMillis() - counter.limit.periodMillis();
            while (counter.taken.get(from).position.logTimeMillis() <= edge) {
                granted -= counter.taken.get(from++).tokens;
            }
            if (granted > counter.limit.amount()) {
                violations.add(key + ": " + granted + " granted within one period at " + place(taken.position));
            }
        }
    }

    /** A denial changes nothing, so the grants alone, in log order, must each be allowed by the algorithm. */
    private static void checkMeter(QuotaKey key, Counter counter, List<String> violations) {
        Meter meter = Meter.of(counter.limit);
        CounterState state = CounterState.Fresh.INSTANCE;
        for (Taken taken : counter.taken) {
            Verdict verdict = meter.acquire(state, taken.position.logTimeMillis(), taken.tokens, new ChargeId(0, 0));
            if (!verdict.allowed()) {
                violations.add(key + ": granted at " + place(taken.position) + ", but the algorithm says no");
                return;
            }
            state = verdict.next();
            // Grants that nobody knows of leave less than those that are known.
            if (taken.said.remaining() > verdict.remaining()) {
                violations.add(key + ": " + taken.said.remaining() + " said to remain at " + place(taken.position)
                        + ", but known grants leave " + verdict.remaining());
                return;
            }
        }
    }

    private static String place(Position position) {
        return "group " + position.group() + " index " + position.index() + "/" + position.position() + " (log time "
                + position.logTimeMillis() + ")";
    }
}
