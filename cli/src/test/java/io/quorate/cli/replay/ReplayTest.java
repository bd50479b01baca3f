package io.quorate.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private final List<String> rows = new ArrayList<>();
    private long line = 1;

    private final DecisionListener recorder = new DecisionListener() {
        @Override
        public void decided(
                TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis) {
            rows.add(request.line() + "," + matched.rule().rule().id() + "," + verdict.label() + "," + remaining + ","
                    + retryAfterMillis);
        }

        @Override
        public void refused(TraceRequest request, String reason) {
            rows.add(request.line() + " refused: " + reason);
        }
    };

    @Test
    void requestsAreDecidedInTheTracesOwnTime() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - id: w
                    match: {client: "*"}
                    limit: {algorithm: fixed-window, amount: 2, period: 1s}
                """);
        run(
                rules,
                request(100, 1, "client", "a"),
                request(100, 1, "client", "a"),
                request(700, 1, "client", "a"),
                request(700, 1, "client", "b"),
                request(1000, 3, "client", "a"),
                request(1000, 2, "client", "a"));
        assertThat(rows)
                .containsExactly(
                        "2,w,admitted,1,0",
                        "3,w,admitted,0,0",
                        "4,w,denied,0,300",
                        "5,w,admitted,1,0",
                        "6,w,denied,2,-1",
                        "7,w,admitted,0,0");
    }

    @Test
    void timeWindowsOpenAndCloseInTheTracesTime() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: sale, limit: {algorithm: fixed-window, amount: 1, period: 1h},
                     active: [{from: "2026-11-27T00:00:00Z", until: "2026-11-28T00:00:00Z"}]}
                """);
        long from = 1_795_737_600_000L; // 2026-11-27T00:00:00Z
        run(
                rules,
                request(from - 1, 1, "c", "x"),
                request(from, 1, "c", "x"),
                request(from + 1, 1, "c", "x"),
                request(from + 86_400_000L, 1, "c", "x"));
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0)).startsWith("3,sale,admitted");
        assertThat(rows.get(1)).startsWith("4,sale,denied");
    }

    @Test
    void aDenialBlocksTheOtherRulesAndShadowRulesSpeakForThemselves() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: a, match: {c: "*"}, limit: {algorithm: fixed-window, amount: 1, period: 1m}}
                  - {id: b, limit: {algorithm: fixed-window, amount: 5, period: 1m}}
                  - {id: s, limit: {algorithm: fixed-window, amount: 1, period: 1m}, mode: shadow}
                """);
        run(rules, request(0, 1, "c", "x"), request(0, 1, "c", "x"), request(0, 1, "c", "y"));
        assertThat(rows)
                .containsExactly(
                        "2,a,admitted,0,0",
                        "2,b,admitted,4,0",
                        "2,s,admitted,0,0",
                        "3,a,denied,0,60000",
                        "3,b,blocked,4,0",
                        "3,s,denied,0,60000",
                        "4,a,admitted,0,0",
                        "4,b,admitted,3,0",
                        "4,s,denied,0,60000");
    }

    @Test
    void aRequestThatCostsNothingIsAdmittedAndReportsWhatIsLeft() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: b, limit: {algorithm: token-bucket, amount: 2, period: 1h}}
                """);
        run(rules, request(0, 0), request(0, 1), request(0, 0), request(0, 1), request(0, 0), request(0, 1));
        assertThat(rows)
                .containsExactly(
                        "2,b,admitted,2,0",
                        "3,b,admitted,1,0",
                        "4,b,admitted,1,0",
                        "5,b,admitted,0,0",
                        "6,b,admitted,0,0",
                        "7,b,denied,0,1800000");
    }

    @Test
    void timeNeverGoesBackAndGapsLongerThanASessionAreNoMatter() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: w, limit: {algorithm: fixed-window, amount: 1, period: 1h}}
                """);
        run(rules, request(7_200_000, 1), request(10, 1), request(10_800_000, 1), request(100_000_000_000L, 1));
        assertThat(rows)
                .containsExactly("2,w,admitted,0,0", "3,w,denied,0,3600000", "4,w,admitted,0,0", "5,w,admitted,0,0");
    }

    @Test
    void requestsWithoutTheColocatingEntryAreRefusedAsAClusterWould() {
        RuleSet rules = rules("""
                namespace: n
                colocate: t
                rules:
                  - {id: w, match: {t: "*"}, limit: {algorithm: fixed-window, amount: 1, period: 1h}}
                """);
        run(rules, request(0, 1, "t", "a"), request(0, 1, "u", "a"));
        assertThat(rows).hasSize(2);
        assertThat(rows.get(1)).startsWith("3 refused: the request lacks entry 't'");
    }

    @Test
    void aBurstLargerThanOneLogEntryIsDecidedWhole() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: w, limit: {algorithm: fixed-window, amount: 1500, period: 1h}}
                """);
        ReplayTally tally = new ReplayTally(rules);
        Replay replay = new Replay(rules, tally);
        for (int i = 0; i < 2_000; i++) {
            replay.offer(request(5, 1, "client", "c" + i));
        }
        replay.finish();
        ReplayTally.Summary summary = tally.summary(3);
        assertThat(summary.granted()).isEqualTo(1_500);
        assertThat(summary.denied()).isEqualTo(500);
        assertThat(summary.rules().get(0).keys()).isEqualTo(1);
    }

    @Test
    void theTallyCountsPerRuleAndNamesTheMostDeniedKeys() {
        RuleSet rules = rules("""
                namespace: n
                rules:
                  - {id: a, match: {c: "*"}, limit: {algorithm: fixed-window, amount: 1, period: 1m}}
                  - {id: b, match: {d: "x"}, limit: {algorithm: fixed-window, amount: 1, period: 1m}}
                """);
        ReplayTally tally = new ReplayTally(rules);
        Replay replay = new Replay(rules, tally);
        for (String client : List.of("p", "q", "q", "q", "r", "r", "p", "q")) {
            replay.offer(request(1, 1, "c", client));
        }
        replay.offer(request(1, 1, "e", "none"));
        replay.finish();
        ReplayTally.Summary summary = tally.summary(2);
        assertThat(summary.requests()).isEqualTo(9);
        assertThat(summary.unmatched()).isEqualTo(1);
        ReplayTally.RuleSummary a = summary.rules().get(0);
        assertThat(List.of(a.requests(), a.admitted(), a.denied(), a.blocked(), a.keys()))
                .containsExactly(8L, 3L, 5L, 0L, 3L);
        assertThat(a.mostDenied())
                .containsExactly(
                        new ReplayTally.DeniedKey(List.of("q"), 3), new ReplayTally.DeniedKey(List.of("p"), 1));
        assertThat(summary.rules().get(1).requests()).isZero();
    }

    private void run(RuleSet rules, TraceRequest... requests) {
        Replay replay = new Replay(rules, recorder);
        for (TraceRequest request : requests) {
            replay.offer(request);
        }
        replay.finish();
    }

    private TraceRequest request(long timeMillis, long cost, String... entries) {
        return new TraceRequest(++line, timeMillis, cost, Descriptor.of(entries));
    }

    private static RuleSet rules(String text) {
        return ((ParsedRules.Good) RuleFile.parse("rules", text)).rules();
    }
}
