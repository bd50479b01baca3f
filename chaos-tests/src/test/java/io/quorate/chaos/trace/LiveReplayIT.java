package io.quorate.chaos.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.cli.replay.LiveReplay;
import io.quorate.cli.replay.Replay;
import io.quorate.cli.replay.ReplayTally;
import io.quorate.cli.replay.ReplayTally.RuleSummary;
import io.quorate.cli.replay.ReplayTally.Summary;
import io.quorate.cli.trace.TraceException;
import io.quorate.cli.trace.TraceReader;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.client.api.QuorateAdmin.GroupInfo;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trace sent to three server processes, faster than it was recorded, as {@code quorate replay --live} does it:
 * nothing is refused, nothing is unknown, and the table is the one of the offline replay.
 *
 * <p>The rules that are compared have periods so long that the speed doesn't matter. One more set has a rate and is
 * spread over both groups; of it the bound is checked. A made trace always, and with {@code -Dquorate.traces=DIR} the
 * first {@code -Dquorate.minutes} of each recorded one.
 */
final class LiveReplayIT {
    private static final double SPEED = 600;
    private static final int RUNS_MAX = 5;
    /** Leaders stay where they are, unless an election is due. */
    private static final String STAY = "raft: {spread-leaders: false}";

    private static final int IN_FLIGHT_MAX = 4_096;
    private static final long FOR_EVER_MILLIS = Duration.ofDays(36_500).toMillis();
    private static final Limit RATE = new Limit(Algorithm.GCRA, 60, 60_000, 10);

    @TempDir
    private Path directory;

    @Test
    void theLiveTableIsTheOfflineOne() throws IOException, TraceException {
        int minutes = Integer.getInteger("quorate.minutes", 120);
        Map<String, byte[]> traces = new TreeMap<>(Traces.all());
        for (Map.Entry<String, byte[]> trace : traces.entrySet()) {
            if (!trace.getKey().equals("made")) {
                trace.setValue(Traces.firstMinutes(trace.getValue(), minutes));
            }
        }
        try (ProcessCluster cluster = ProcessCluster.start(new ProcessCluster.Shape(directory, 3, 2, 256, STAY))) {
            for (Map.Entry<String, byte[]> trace : traces.entrySet()) {
                int amount = trace.getKey().equals("made") ? 300 : 20;
                boolean compared = false;
                for (int run = 1; run <= RUNS_MAX && !compared; run++) {
                    RuleSet rules = rules(trace.getKey() + "-" + run, amount);
                    compared = compare(cluster, trace.getKey(), trace.getValue(), rules);
                }
                assertThat(compared)
                        .as("one of %d runs without a change of leaders", RUNS_MAX)
                        .isTrue();
                compare(cluster, trace.getKey(), trace.getValue(), rate(trace.getKey()));
            }
        }
    }

    /** False if a leader changed meanwhile, so that not everything could be compared. */
    private static boolean compare(ProcessCluster cluster, String name, byte[] trace, RuleSet rules)
            throws TraceException {
        ReplayTally offline = new ReplayTally(rules);
        try (TraceReader reader = TraceReader.open(name, new ByteArrayInputStream(trace))) {
            Replay replay = new Replay(rules, offline);
            for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
                replay.offer(priced(request));
            }
            replay.finish();
        }
        ReplayTally live = new ReplayTally(rules);
        LiveReplay.Timing timing;
        boolean undisturbed;
        try (TraceReader reader = TraceReader.open(name, new ByteArrayInputStream(trace));
                QuorateClient client = QuorateClient.builder()
                        .leases(false)
                        .endpoints(cluster.endpoints())
                        .inFlightMax(IN_FLIGHT_MAX)
                        .build()) {
            client.admin().applyRules(rules, OptionalLong.empty());
            Map<Integer, Long> before = terms(client);
            LiveReplay replay = new LiveReplay(rules, client, live, System::nanoTime, IN_FLIGHT_MAX);
            timing = replay.run(reader, LiveReplayIT::priced, SPEED, () -> {});
            undisturbed = terms(client).equals(before);
        }
        check(name, offline.summary(5), live.summary(5), timing, undisturbed);
        return undisturbed;
    }

    private static void check(
            String name, Summary offline, Summary live, LiveReplay.Timing timing, boolean undisturbed) {
        System.out.printf(
                "%s, %.0f times faster: %d requests in %.1f s, %d granted, %d denied, leaders %s%n",
                name,
                SPEED,
                live.requests(),
                timing.took().toMillis() / 1e3,
                live.granted(),
                live.denied(),
                undisturbed ? "stayed" : "changed");
        assertThat(live.refusedKept()).as("refused").isEmpty();
        assertThat(live.unknownKept()).as("unknown").isEmpty();
        assertThat(live.refused() + live.unknown()).isZero();
        assertThat(live.requests()).isEqualTo(offline.requests()).isEqualTo(timing.answered());
        assertThat(live.unmatched()).isEqualTo(offline.unmatched());
        assertThat(offline.denied())
                .as("a trace that no rule denies shows little")
                .isPositive();
        for (int i = 0; i < offline.rules().size(); i++) {
            RuleSummary expected = offline.rules().get(i);
            RuleSummary actual = live.rules().get(i);
            assertThat(actual.requests()).as("%s, %s", name, expected.rule()).isEqualTo(expected.requests());
            assertThat(actual.keys()).as("%s, %s", name, expected.rule()).isEqualTo(expected.keys());
            if (isRate(offline)) {
                long windowMillis = timing.took().toMillis() + 1;
                long bound = RATE.burst() + RATE.amount() * windowMillis / RATE.periodMillis() + 1;
                assertThat(actual.admitted())
                        .as("%s, rate", name)
                        .isPositive()
                        .isLessThanOrEqualTo(bound * actual.keys());
            } else if (undisturbed) {
                // A new leader makes the client repeat, and what was sent behind may then be decided before.
                assertThat(actual).as("%s, live against offline", name).isEqualTo(expected);
            }
        }
        if (undisturbed && !isRate(offline)) {
            assertThat(live.granted()).isEqualTo(offline.granted());
            assertThat(live.denied()).isEqualTo(offline.denied());
        }
    }

    private static boolean isRate(Summary summary) {
        return summary.rules().get(0).rule().limit().equals(RATE);
    }

    private static Map<Integer, Long> terms(QuorateClient client) {
        return client.admin().groups().stream()
                .collect(Collectors.toMap(GroupInfo::group, GroupInfo::term, Math::max, TreeMap::new));
    }

    /** Recorded costs are bytes or model tokens; here each request is one, or a few. */
    private static TraceRequest priced(TraceRequest request) {
        long cost = 1 + request.cost() % 3;
        return new TraceRequest(request.line(), request.timeMillis(), cost, request.descriptor());
    }

    private static RuleSet rules(String trace, long amount) {
        List<EntryMatch> client = List.of(new EntryMatch("client", new Pattern.Any()));
        List<EntryMatch> endpoint = List.of(new EntryMatch("endpoint", new Pattern.Any()));
        List<EntryMatch> some = List.of(new EntryMatch("endpoint", new Pattern.Prefix("GET /s")));
        return new RuleSet(
                "live-" + trace,
                Optional.empty(),
                List.of(
                        rule("client-window", client, Algorithm.FIXED_WINDOW, amount, Mode.ENFORCE),
                        rule("endpoint-bucket", endpoint, Algorithm.TOKEN_BUCKET, 5 * amount, Mode.ENFORCE),
                        rule("client-log", client, Algorithm.SLIDING_LOG, amount / 2, Mode.SHADOW),
                        rule("some-endpoints", some, Algorithm.GCRA, 2 * amount, Mode.SHADOW)));
    }

    private static RuleSet rate(String trace) {
        List<EntryMatch> client = List.of(new EntryMatch("client", new Pattern.Any()));
        return new RuleSet(
                "rate-" + trace, Optional.of("client"), List.of(new Rule("rate", client, RATE, Mode.ENFORCE)));
    }

    private static Rule rule(String id, List<EntryMatch> match, Algorithm algorithm, long amount, Mode mode) {
        return new Rule(id, match, Limit.of(algorithm, amount, FOR_EVER_MILLIS), mode);
    }
}
