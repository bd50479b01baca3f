package io.quorate.chaos.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.quorate.chaos.trace.NaiveReplay.Decision;
import io.quorate.cli.replay.DecisionListener;
import io.quorate.cli.replay.Replay;
import io.quorate.cli.replay.RuleVerdict;
import io.quorate.cli.trace.TraceException;
import io.quorate.cli.trace.TraceReader;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The offline replay agrees with the naive models on every decision: of a made trace always, and of the recorded
 * ones in the folder that {@code -Dquorate.traces=} names (each {@code normalized.csv.gz} below it).
 */
final class TraceAgreementTest {

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void eachAlgorithmAgreesOnEveryDecision(Algorithm algorithm) throws IOException, TraceException {
        for (Map.Entry<String, byte[]> trace : Traces.all().entrySet()) {
            boolean costly = !trace.getKey().equals("made");
            long amount = algorithm == Algorithm.CONCURRENCY ? 4_000 : costly ? 90_000 : 12;
            Limit limit = burst(algorithm)
                    ? new Limit(algorithm, amount, 60_000, Math.max(amount / 3, 1))
                    : Limit.of(algorithm, amount, 60_000);
            RuleSet rules = new RuleSet(
                    "trace", Optional.empty(), List.of(rule("per-client", Map.of("client", "*"), limit, Mode.ENFORCE)));
            compare(trace.getKey(), trace.getValue(), rules);
        }
    }

    @Test
    void manyRulesTogetherAgreeOnEveryDecision() throws IOException, TraceException {
        for (Map.Entry<String, byte[]> trace : Traces.all().entrySet()) {
            long scale = !trace.getKey().equals("made") ? 8_000 : 1;
            List<Rule> rules = new ArrayList<>();
            for (Algorithm algorithm : Algorithm.values()) {
                Limit limit = algorithm == Algorithm.CONCURRENCY
                        ? Limit.of(algorithm, 4_096, 20_000)
                        : Limit.of(algorithm, 17 * scale, 45_000);
                rules.add(rule("client-" + algorithm.label(), Map.of("client", "*"), limit, Mode.ENFORCE));
                rules.add(
                        rule("both-" + algorithm.label(), Map.of("client", "*", "endpoint", "*"), limit, Mode.SHADOW));
            }
            rules.add(rule(
                    "some-endpoints",
                    Map.of("endpoint", "GET /s*"),
                    Limit.of(Algorithm.FIXED_WINDOW, 30 * scale, 10_000),
                    Mode.ENFORCE));
            rules.add(rule("everything", Map.of(), Limit.of(Algorithm.GCRA, 50 * scale, 7_001), Mode.ENFORCE));
            compare(trace.getKey(), trace.getValue(), new RuleSet("trace", Optional.empty(), rules));
        }
    }

    private static void compare(String name, byte[] trace, RuleSet rules) throws TraceException {
        Deque<Decision> decided = new ArrayDeque<>();
        Replay replay = new Replay(rules, new DecisionListener() {
            @Override
            public void decided(TraceRequest request, Matched matched, RuleVerdict verdict, long left, long retry) {
                decided.add(new Decision(request.line(), matched.rule().rule().id(), verdict.label(), left, retry));
            }

            @Override
            public void refused(TraceRequest request, String reason) {
                fail("refused line " + request.line() + ": " + reason);
            }
        });
        NaiveReplay naive = new NaiveReplay(rules);
        Deque<Decision> expected = new ArrayDeque<>();
        long count = 0;
        long denied = 0;
        try (TraceReader reader = TraceReader.open(name, new ByteArrayInputStream(trace))) {
            for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
                replay.offer(request);
                expected.addAll(naive.decide(request));
                while (!decided.isEmpty() && !expected.isEmpty()) {
                    Decision next = expected.remove();
                    assertThat(decided.remove())
                            .as("%s, rules %s", name, rules.rules())
                            .isEqualTo(next);
                    count++;
                    denied += next.verdict().equals("denied") ? 1 : 0;
                }
            }
        }
        replay.finish();
        assertThat(decided).as(name).containsExactlyElementsOf(expected);
        count += expected.size();
        System.out.printf(
                "%s, %d rules: %d decisions agree, %d of them denials%n",
                name, rules.rules().size(), count, denied);
        assertThat(denied).as("a trace that no rule denies shows little").isPositive();
    }

    private static boolean burst(Algorithm algorithm) {
        return algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.GCRA;
    }

    private static Rule rule(String id, Map<String, String> match, Limit limit, Mode mode) {
        List<EntryMatch> conditions = new TreeMap<>(match)
                .entrySet().stream()
                        .map(e -> new EntryMatch(e.getKey(), Pattern.parse(e.getValue())))
                        .toList();
        return new Rule(id, conditions, limit, mode);
    }
}
