package io.quorate.benchmarks;

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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** How fast {@code quorate replay} without a cluster decides a trace: reading, matching and the core, one thread. */
public final class ReplayBenchmark {
    private static final double REQUESTS_PER_SECOND_MIN = 300_000;
    private static final Usage USAGE = Usage.of(
            "--replay",
            "How fast the offline replay decides a trace, with one rule and with 14, on one thread.",
            List.of("at least 300,000 requests/s with one rule"),
            new Usage.Word("trace", "", "a trace as 'quorate replay' reads it; none: one that is made"),
            new Usage.Word("lines", "500000", "lines of the made trace"),
            new Usage.Word("rounds", "5", "interleaved rounds, after two that don't count"));

    private ReplayBenchmark() {}

    /** Runs it. */
    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        byte[] trace = setting.text("trace").isEmpty() ? made(setting.number("lines")) : read(setting.text("trace"));
        List<Double> one = new ArrayList<>();
        List<Double> many = new ArrayList<>();
        Goals goals = new Goals();
        for (int round = -1; round <= setting.number("rounds"); round++) {
            Run alone = run(trace, rules(1));
            Run together = run(trace, rules(14));
            if (round < 1) {
                continue;
            }
            one.add(alone.requestsPerSecond());
            many.add(together.requestsPerSecond());
            System.out.printf(
                    "round %d, %d requests: 1 rule %.0f requests/s; 14 rules %.0f requests/s, %.0f decisions/s%n",
                    round,
                    alone.requests(),
                    alone.requestsPerSecond(),
                    together.requestsPerSecond(),
                    together.decisions() / together.seconds());
            goals.figure(
                    "round",
                    round,
                    "1 rule, requests/s",
                    alone.requestsPerSecond(),
                    "14 rules, requests/s",
                    together.requestsPerSecond());
        }
        System.out.printf(
                "median: 1 rule %.0f requests/s, 14 rules %.0f requests/s%n",
                Setting.median(one), Setting.median(many));
        goals.atLeast("offline replay, 1 rule", REQUESTS_PER_SECOND_MIN, Setting.median(one), "requests/s");
        goals.report("replay", setting);
    }

    /** What one pass over a trace gave. */
    private record Run(long requests, long decisions, double seconds) {
        double requestsPerSecond() {
            return requests / seconds;
        }
    }

    private static Run run(byte[] trace, RuleSet rules) {
        Count count = new Count();
        long begin = System.nanoTime();
        Replay replay = new Replay(rules, count);
        try (TraceReader reader = TraceReader.open("trace", new ByteArrayInputStream(trace))) {
            for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
                replay.offer(request);
            }
        } catch (TraceException e) {
            throw new IllegalArgumentException("the trace can't be read: " + e.getMessage(), e);
        }
        replay.finish();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (count.requests == 0 || count.refused > 0) {
            throw new IllegalStateException(count.refused + " requests refused, " + count.requests + " decided");
        }
        return new Run(count.requests, count.decisions, seconds);
    }

    private static final class Count implements DecisionListener {
        private long requests;
        private long decisions;
        private long refused;

        @Override
        public void decided(TraceRequest request, Matched matched, RuleVerdict verdict, long left, long retryMillis) {
            decisions++;
        }

        @Override
        public void answered(TraceRequest request, int rulesMatched, boolean allowed) {
            requests++;
        }

        @Override
        public void refused(TraceRequest request, String reason) {
            refused++;
        }
    }

    private static RuleSet rules(int count) {
        List<Rule> rules = new ArrayList<>();
        Algorithm[] algorithms = {
            Algorithm.GCRA, Algorithm.TOKEN_BUCKET, Algorithm.FIXED_WINDOW, Algorithm.SLIDING_WINDOW
        };
        for (int i = 0; i < count; i++) {
            List<EntryMatch> match = List.of(new EntryMatch(i % 2 == 0 ? "client" : "endpoint", new Pattern.Any()));
            Limit limit = Limit.of(algorithms[i % algorithms.length], 60 + i, 60_000);
            rules.add(new Rule("rule-" + i, match, limit, Mode.ENFORCE));
        }
        return new RuleSet("trace", Optional.empty(), rules);
    }

    private static byte[] read(String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the trace " + file, e);
        }
    }

    /** Clients and endpoints of which few are frequent. */
    private static byte[] made(int lines) {
        SplittableRandom random = new SplittableRandom(20_261_124L);
        StringBuilder csv = new StringBuilder("t_ms,client,endpoint,cost\n");
        long at = 0;
        for (int i = 0; i < lines; i++) {
            at += random.nextInt(4) == 0 ? random.nextInt(20) : 0;
            csv.append(at).append(",client-").append(random.nextInt(1 + random.nextInt(20_000)));
            csv.append(",GET /page-")
                    .append(random.nextInt(1 + random.nextInt(500)))
                    .append(",1\n");
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }
}
