package io.quorate.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.cli.replay.RulesPlan.Change;
import io.quorate.cli.replay.RulesPlan.ChangedKey;
import io.quorate.cli.replay.RulesPlan.RuleChange;
import io.quorate.cli.replay.RulesPlan.Summary;
import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RulesPlanTest {
    @Test
    void saysWhatAStricterRuleDeniesAndALooserOneGrants() {
        RuleSet now = rules("""
                namespace: n
                rules:
                  - {id: client, match: {c: "*"}, limit: {algorithm: fixed-window, amount: 2, period: 1m}}
                  - {id: path, match: {p: /x}, limit: {algorithm: fixed-window, amount: 1, period: 1m}}
                """);
        RuleSet newer = rules("""
                namespace: n
                rules:
                  - {id: client, match: {c: "*"}, limit: {algorithm: fixed-window, amount: 1, period: 1m}}
                  - {id: seen, limit: {algorithm: fixed-window, amount: 1, period: 1m}, mode: shadow}
                """);
        Summary summary = plan(
                now,
                newer,
                List.of(
                        request(1, 0, "c", "a"),
                        request(2, 0, "c", "a"),
                        request(3, 5, "c", "a"),
                        request(4, 6, "c", "b"),
                        request(5, 6, "c", "b"),
                        request(6, 7, "c", "b", "p", "/x"),
                        request(7, 9, "p", "/x"),
                        request(8, 9, "p", "/x")));
        // 1 and 4 pass both; 2, 5 are the second of a client; 3 and 6 were denied and are; of path, 8 passes now.
        assertThat(summary.requests()).isEqualTo(8);
        assertThat(summary.counts())
                .isEqualTo(Map.of(
                        Change.STILL_GRANTED, 3L,
                        Change.STILL_DENIED, 2L,
                        Change.NEWLY_DENIED, 2L,
                        Change.NEWLY_GRANTED, 1L));
        assertThat(summary.rules())
                .containsExactly(
                        new RuleChange(
                                "client",
                                Change.NEWLY_DENIED,
                                2,
                                2,
                                List.of(new ChangedKey(List.of("a"), 1), new ChangedKey(List.of("b"), 1))),
                        new RuleChange("path", Change.NEWLY_GRANTED, 1, 1, List.of(new ChangedKey(List.of(), 1))));
    }

    @Test
    void theSameRulesChangeNothing() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: client, match: {c: "*"}, limit: {algorithm: gcra, amount: 3, period: 1s}}
                """);
        Random random = new Random(7);
        List<TraceRequest> requests = requests(2_000, random);
        Summary summary = plan(rules, rules, requests);
        assertThat(summary.rules()).isEmpty();
        assertThat(summary.count(Change.STILL_GRANTED) + summary.count(Change.STILL_DENIED))
                .isEqualTo(2_000);
        assertThat(summary.count(Change.STILL_DENIED)).isPositive();
    }

    @Test
    void comparesEachRequestWithItselfWhateverEitherSideLeavesUndecided() {
        long seed = Long.getLong("seed", 20261124);
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        Random random = new Random(seed);
        for (int run = 0; run < 30; run++) {
            RuleSet now = rules("""
                    namespace: n
                    colocate: c
                    rules:
                      - {id: client, match: {c: "*"}, limit: {algorithm: gcra, amount: %d, period: 1s}}
                      - {id: both, match: {c: "*", p: "/x*"}, limit: {algorithm: token-bucket, amount: 2, period: 1s}}
                    """.formatted(1 + random.nextInt(6)));
            RuleSet newer = rules("""
                    namespace: n
                    rules:
                      - {id: client, match: {c: "*"}, limit: {algorithm: gcra, amount: %d, period: 1s}}
                      - {id: path, match: {p: "*"}, limit: {algorithm: fixed-window, amount: 4, period: 1s}}
                    """.formatted(1 + random.nextInt(6)));
            List<TraceRequest> requests = requests(1_500, random);
            Map<Long, String> before = answers(now, requests);
            Map<Long, String> after = answers(newer, requests);
            Map<Change, Long> expected = new TreeMap<>();
            for (TraceRequest request : requests) {
                String both = before.get(request.line()) + after.get(request.line());
                expected.merge(
                        switch (both) {
                            case "yesyes" -> Change.STILL_GRANTED;
                            case "nono" -> Change.STILL_DENIED;
                            case "yesno" -> Change.NEWLY_DENIED;
                            case "noyes" -> Change.NEWLY_GRANTED;
                            default -> Change.REFUSED;
                        },
                        1L,
                        Long::sum);
            }
            assertThat(plan(now, newer, requests).counts()).isEqualTo(expected);
        }
    }

    @Test
    void rulesOfAnotherNamespaceAreRefused() {
        RuleSet one = rules("namespace: n\nrules: [{id: a, limit: {algorithm: gcra, amount: 1, period: 1s}}]\n");
        RuleSet other = rules("namespace: m\nrules: [{id: a, limit: {algorithm: gcra, amount: 1, period: 1s}}]\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RulesPlan(one, other))
                .withMessageContaining("'m'")
                .withMessageContaining("'n'");
    }

    private static Summary plan(RuleSet now, RuleSet newer, List<TraceRequest> requests) {
        RulesPlan plan = new RulesPlan(now, newer);
        requests.forEach(plan::offer);
        plan.finish();
        return plan.summary(5);
    }

    /** What a replay by itself says of each line. */
    private static Map<Long, String> answers(RuleSet rules, List<TraceRequest> requests) {
        Map<Long, String> answers = new TreeMap<>();
        Replay replay = new Replay(rules, new DecisionListener() {
            @Override
            public void decided(
                    TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryMillis) {}

            @Override
            public void answered(TraceRequest request, int rulesMatched, boolean granted) {
                answers.put(request.line(), granted ? "yes" : "no");
            }

            @Override
            public void refused(TraceRequest request, String reason) {
                answers.put(request.line(), "refused");
            }
        });
        requests.forEach(replay::offer);
        replay.finish();
        return answers;
    }

    private static List<TraceRequest> requests(int count, Random random) {
        List<TraceRequest> requests = new ArrayList<>();
        long now = 0;
        for (int i = 1; i <= count; i++) {
            now += random.nextInt(4) == 0 ? random.nextInt(200) : 0;
            String client = "c" + random.nextInt(5);
            requests.add(
                    switch (random.nextInt(10)) {
                        case 0 -> request(i, now, "p", "/x");
                        case 1 -> request(i, now, "q", "1");
                        case 2, 3, 4 -> request(i, now, "c", client, "p", "/x" + random.nextInt(3));
                        default -> request(i, now, "c", client);
                    });
        }
        return requests;
    }

    private static TraceRequest request(long line, long millis, String... entries) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return new TraceRequest(line, millis, 1, Descriptor.of(map));
    }

    private static RuleSet rules(String text) {
        return ((ParsedRules.Good) RuleFile.parse("rules.yaml", text)).rules();
    }
}
