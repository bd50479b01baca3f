package io.quorate.benchmarks;

import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Rules in numbers: matching, memory, compiling, and changing one. */
public final class RulesBenchmark {
    private static final Usage USAGE = Usage.of(
            "--rules",
            "Matching, compiling and changing rules, in one process without a cluster.",
            List.of(
                    "a request that three rules match takes at most twice as long with 500,000 rules as with 1,000",
                    "one rule among 500,000 is changed in at most 10 ms"),
            new Usage.Word("rules", "10,1000,100000,500000", "how many rules, several times"),
            new Usage.Word("iterations", "5", "measured iterations"),
            new Usage.Word("millis", "1000", "how long each iteration takes"),
            new Usage.Word("heap", "3072", "MiB of the JVM that matches, fixed and pre-touched"),
            new Usage.Word("changes", "200", "changes of one rule that are measured"));

    /** Few enough requests that the caches have what they need. */
    private static final int REPEATED = 1024;
    /** So many that hardly one finds its rules in the caches. */
    private static final int SCATTERED = 1 << 18;

    private final Setting setting;
    private final Goals goals = new Goals();
    private final Map<String, Double> nanos = new LinkedHashMap<>();

    private RulesBenchmark(Setting setting) {
        this.setting = setting;
    }

    public static void main(String[] args) throws RunnerException {
        new RulesBenchmark(Setting.read(USAGE, args)).run();
    }

    private void run() throws RunnerException {
        Setting.printMachine();
        List<Integer> counts = setting.numbers("rules");
        match(counts);
        System.out.printf(
                "%n%10s %14s %14s %12s %12s %14s %12s%n",
                "rules", "match ns", "scattered ns", "B/rule", "compile ms", "change p50 ms", "worst ms");
        double slowest = 0;
        for (int count : counts) {
            slowest = one(count);
        }
        int most = counts.get(counts.size() - 1);
        goals.atMost(
                "match with " + most + " rules / with 1,000",
                2,
                nanos.getOrDefault(most + "/" + REPEATED, Double.NaN)
                        / nanos.getOrDefault("1000/" + REPEATED, Double.NaN),
                "");
        goals.atMost("slowest change of one rule among " + most, 10, slowest, "ms");
        goals.report("rules", setting);
    }

    private void match(List<Integer> counts) throws RunnerException {
        String heap = setting.number("heap") + "m";
        String[] rules = counts.stream().map(String::valueOf).toArray(String[]::new);
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include(RuleMatchBenchmark.class.getName() + ".")
                        .param("rules", rules)
                        .param("requests", String.valueOf(REPEATED), String.valueOf(SCATTERED))
                        .forks(1)
                        .warmupIterations(3)
                        .measurementIterations(setting.number("iterations"))
                        .warmupTime(TimeValue.milliseconds(setting.number("millis")))
                        .measurementTime(TimeValue.milliseconds(setting.number("millis")))
                        .jvmArgs("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch", "-XX:+UseParallelGC")
                        .shouldFailOnError(true)
                        .build())
                .run()) {
            nanos.put(
                    result.getParams().getParam("rules") + "/"
                            + result.getParams().getParam("requests"),
                    result.getPrimaryResult().getScore());
        }
    }

    /** Memory, compiling and changing with so many rules; the slowest change in milliseconds. */
    private double one(int count) {
        ManyRules many = new ManyRules(count);
        AppliedRules applied = many.applied();
        long usedBefore = usedBytes();
        CompiledRules compiled = new CompiledRules(applied);
        double bytes = (double) (usedBytes() - usedBefore) / count;
        long start = System.nanoTime();
        CompiledRules again = new CompiledRules(applied);
        double compileMillis = (System.nanoTime() - start) / 1e6;
        if (again.rules() != compiled.rules()) {
            throw new IllegalStateException("compiled others");
        }
        int changes = setting.number("changes");
        double[] millis = new double[changes];
        Random random = new Random(1);
        for (int i = 0; i < 2 * changes; i++) {
            AppliedRules newer = many.changed(compiled.rules(), random.nextInt(count), 2000 + i);
            long from = System.nanoTime();
            compiled = compiled.next(newer);
            millis[i % changes] = (System.nanoTime() - from) / 1e6; // the first half warms up
        }
        Arrays.sort(millis);
        double match = nanos.getOrDefault(count + "/" + REPEATED, Double.NaN);
        double scattered = nanos.getOrDefault(count + "/" + SCATTERED, Double.NaN);
        System.out.printf(
                "%10d %14.0f %14.0f %12.0f %12.1f %14.3f %12.3f%n",
                count, match, scattered, bytes, compileMillis, millis[changes / 2], millis[changes - 1]);
        goals.figure(
                "rules",
                count,
                "match_ns",
                match,
                "match_scattered_ns",
                scattered,
                "bytes_per_rule",
                bytes,
                "compile_ms",
                compileMillis,
                "change_p50_ms",
                millis[changes / 2],
                "change_worst_ms",
                millis[changes - 1]);
        return millis[changes - 1];
    }

    /** Heap in use once what isn't is gone. */
    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
