package io.quorate.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Acquires decided in the process, beside other Java rate limiters, with their ratios to what the goals name.
 *
 * <p>Each benchmark runs in JVMs of its own with a fixed, pre-touched heap; figures of one run only are compared.
 */
public final class LocalBenchmark {
    private static final String CLASS = LocalAcquireBenchmark.class.getName() + ".";
    private static final Usage USAGE = Usage.of(
            "--local",
            "Acquires that are decided in the process: from a lease, and by other Java rate limiters.",
            List.of(
                    "by handle at most 1.5 times a bare decrement, by key at most twice the look-up",
                    "by descriptors under one rule at most 60 ns; no allocation",
                    "p99.9 at most twice an empty call's; faster than every peer, Bucket4j by five times"),
            new Usage.Word("forks", "1", "JVMs for each benchmark"),
            new Usage.Word("iterations", "5", "measured iterations in each JVM"),
            new Usage.Word("millis", "1000", "how long each iteration takes"),
            new Usage.Word("heap", "1024", "MiB of each JVM, fixed and pre-touched"),
            new Usage.Word("only", "", "a regular expression for the names to run; then nothing is judged"));
    private static final List<String> PEERS =
            List.of("bucket4j", "guava", "resilience4jAtomic", "resilience4jSemaphore", "sentinel");
    private static final List<String> PEERS_100K = List.of("bucket4jOf100k", "guavaOf100k", "resilience4jAtomicOf100k");

    /** What was measured of one benchmark with so many threads. */
    private record Figure(double nanos, double error, double bytes) {}

    private final Setting setting;
    private final Map<String, Figure> figures = new LinkedHashMap<>();
    private final Goals goals = new Goals();

    private LocalBenchmark(Setting setting) {
        this.setting = setting;
    }

    public static void main(String[] args) throws RunnerException {
        new LocalBenchmark(Setting.read(USAGE, args)).run();
    }

    private void run() throws RunnerException {
        Setting.printMachine();
        String only = setting.text("only");
        for (int threads : new int[] {1, 2}) {
            for (RunResult result : new Runner(options(Mode.AverageTime, threads)
                            .include(CLASS + only)
                            .addProfiler(GCProfiler.class)
                            .build())
                    .run()) {
                Figure figure = figure(result);
                figures.put(name(result) + "/" + threads, figure);
                goals.figure(
                        "name",
                        name(result),
                        "threads",
                        threads,
                        "nanos",
                        figure.nanos,
                        "error",
                        figure.error,
                        "bytes",
                        figure.bytes);
            }
        }
        System.out.printf("%n%-34s %18s %18s%n", "", "1 thread", "2 threads");
        System.out.printf("%-34s %11s %6s %11s %6s%n", "", "ns", "B/op", "ns", "B/op");
        for (String key : figures.keySet()) {
            if (key.endsWith("/1")) {
                String name = key.substring(0, key.length() - 2);
                Figure one = figures.get(key);
                Figure two = figures.getOrDefault(name + "/2", new Figure(Double.NaN, Double.NaN, Double.NaN));
                System.out.printf(
                        "%-34s %11.1f %6.2f %11.1f %6.2f%n", name, one.nanos, one.bytes, two.nanos, two.bytes);
            }
        }
        if (only.isEmpty()) {
            judge(new Runner(options(Mode.SampleTime, 1)
                            .include(CLASS + "(emptyCall|leaseByHandle|leaseByDescriptors)$")
                            .build())
                    .run());
        }
    }

    private ChainedOptionsBuilder options(Mode mode, int threads) {
        String heap = setting.number("heap") + "m";
        return new OptionsBuilder()
                .mode(mode)
                .threads(threads)
                .forks(setting.number("forks"))
                .warmupIterations(3)
                .measurementIterations(setting.number("iterations"))
                .warmupTime(TimeValue.milliseconds(setting.number("millis")))
                .measurementTime(TimeValue.milliseconds(setting.number("millis")))
                .jvmArgs(
                        "-Xms" + heap,
                        "-Xmx" + heap,
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseParallelGC",
                        "-Dcsp.sentinel.log.dir=" + setting.directory())
                .shouldFailOnError(true);
    }

    private static String name(RunResult result) {
        String full = result.getParams().getBenchmark();
        return full.substring(full.lastIndexOf('.') + 1);
    }

    private static Figure figure(RunResult result) {
        double bytes = Double.NaN;
        for (Map.Entry<String, ? extends Result<?>> each : secondary(result).entrySet()) {
            if (each.getKey().endsWith("gc.alloc.rate.norm")) {
                bytes = each.getValue().getScore();
            }
        }
        return new Figure(
                result.getPrimaryResult().getScore(), result.getPrimaryResult().getScoreError(), bytes);
    }

    private static Map<String, Result<?>> secondary(RunResult result) {
        Map<String, Result<?>> results = new LinkedHashMap<>();
        result.getSecondaryResults().forEach((name, value) -> results.put(name, value));
        return results;
    }

    // ---- the goals

    private void judge(Collection<RunResult> sampled) {
        Map<String, Double> tails = new LinkedHashMap<>();
        for (RunResult result : sampled) {
            tails.put(name(result), result.getPrimaryResult().getStatistics().getPercentile(99.9));
        }
        atMost("handle / decrement, 1 thread", ratio("leaseByHandle/1", "decrement/1"), 1.5);
        atMost("handle / decrement, 2 threads on one key", ratio("leaseByHandle/2", "decrement/2"), 1.5);
        atMost("by key / look-up, 1 thread", ratio("leaseByKey/1", "lookUp/1"), 2);
        atMost("by key / look-up, 2 threads", ratio("leaseByKey/2", "lookUp/2"), 2);
        atMost("by key / look-up, 100,000 keys, 1 thread", ratio("leaseByKeyOf100k/1", "lookUpOf100k/1"), 2);
        atMost("by key / look-up, 100,000 keys, 2 threads", ratio("leaseByKeyOf100k/2", "lookUpOf100k/2"), 2);
        atMost("by descriptors, one rule, ns", nanos("leaseByDescriptors/1"), 60);
        double bytes = 0;
        for (Map.Entry<String, Figure> each : figures.entrySet()) {
            boolean ours = each.getKey().startsWith("lease") && !each.getKey().contains("100k");
            bytes = ours ? Math.max(bytes, each.getValue().bytes) : bytes;
        }
        // The ticking thread allocates for each lease that it looks at, whoever acquires; that of 100,000 leases shows
        // in
        // the table. What acquiring threads allocate is checked exactly when those benchmarks end.
        atMost("most bytes per acquire of any of ours", Math.floor(bytes * 10) / 10, 0);
        double empty = tails.getOrDefault("emptyCall", Double.NaN);
        atMost("p99.9 by handle / empty call", tails.getOrDefault("leaseByHandle", Double.NaN) / empty, 2);
        atMost("p99.9 by descriptors / empty call", tails.getOrDefault("leaseByDescriptors", Double.NaN) / empty, 2);
        for (int threads = 1; threads <= 2; threads++) {
            for (String peer : PEERS) {
                double least = peer.equals("bucket4j") ? 5 : 1;
                atLeast(peer + " / by handle, " + threads + " threads", ratio(peer, "leaseByHandle", threads), least);
            }
            for (String peer : PEERS_100K) {
                double least = peer.startsWith("bucket4j") ? 5 : 1;
                atLeast(peer + " / by key, " + threads + " threads", ratio(peer, "leaseByKeyOf100k", threads), least);
            }
        }
        goals.report("local", setting);
    }

    private double nanos(String key) {
        Figure figure = figures.get(key);
        if (figure == null) {
            throw new IllegalStateException("'" + key + "' wasn't measured");
        }
        return figure.nanos;
    }

    private double ratio(String key, String to) {
        return nanos(key) / nanos(to);
    }

    private double ratio(String name, String to, int threads) {
        return ratio(name + "/" + threads, to + "/" + threads);
    }

    private void atMost(String what, double figure, double most) {
        goals.atMost(what, most, figure, "");
    }

    private void atLeast(String what, double figure, double least) {
        goals.atLeast(what, least, figure, "");
    }
}
