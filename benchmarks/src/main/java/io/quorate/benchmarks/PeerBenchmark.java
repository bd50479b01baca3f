package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Durable acquire decisions per second and their latencies, beside the peers, interleaved in one run.
 *
 * <p>Every side is asked by the same load generator in this JVM; rounds go over all sides and cells, so that
 * a noisy minute hits all alike. Figures are medians over the rounds with minimum and maximum.
 */
public final class PeerBenchmark {
    /** What is measured at once: how many counters, and requests in flight or callers. */
    private record Cell(int keys, int inFlight, boolean callers) {
        @Override
        public String toString() {
            return (keys == 1 ? "1 hot key" : keys + " keys") + ", "
                    + (callers ? inFlight + " callers" : inFlight + " in flight");
        }
    }

    private static final int WARM_UP_MILLIS = 1500;

    private static final Usage USAGE = Usage.of(
            "--peers",
            "Durable decisions per second and their latencies of three server processes, beside Redis (GCRA in Lua,"
                    + " appendfsync always) and Bucket4j on it, interleaved in one run.",
            PeerGoals.LINES,
            new Usage.Word("rounds", "3", "interleaved rounds over all cells and sides"),
            new Usage.Word("millis", "3000", "how long each cell is measured in a round"),
            new Usage.Word(
                    "warmup",
                    "90000",
                    "milliseconds of load beforehand for each side, at most: all cells in turn, until twice in a row"
                            + " that brings at most 5 % more (its compiler is done)"),
            Usage.Word.numbers("keys", "1,10000", "counters"),
            Usage.Word.numbers("inflight", "1,64,1024", "unanswered requests of one client"),
            Usage.Word.numbers("callers", "64", "threads that wait for their answer"),
            new Usage.Word("groups", "2", "data groups"),
            new Usage.Word("heap", "1024", "MiB of each server, fixed and pre-touched"),
            new Usage.Word("peers", "on", "off: Quorate alone"));

    private final Setting setting;
    private final Goals goals = new Goals();
    private final Map<String, List<Load.Run>> runs = new LinkedHashMap<>();
    private final List<Histogram> disk = new ArrayList<>();

    private PeerBenchmark(Setting setting) {
        this.setting = setting;
    }

    public static void main(String[] args) {
        new PeerBenchmark(Setting.read(USAGE, args)).run();
        System.exit(0); // client libraries leave threads behind
    }

    private void run() {
        Setting.printMachine();
        Path directory = setting.directory();
        int rounds = setting.number("rounds");
        int millis = setting.number("millis");
        int groups = setting.number("groups");
        int heap = setting.number("heap");
        List<Integer> keyCounts = setting.numbers("keys");
        int keysMax = keyCounts.stream().mapToInt(Integer::intValue).max().orElseThrow();
        System.out.printf(
                "quorate: 3 server processes, fsync on, %d data groups, -Xms%dm -Xmx%dm -XX:+AlwaysPreTouch each%n",
                groups, heap, heap);
        System.out.println("redis: one process, " + String.join(", ", RedisProcess.arguments())
                + "; GCRA as Lua through Lettuce, pipelined; Bucket4j by compare-and-swap through Lettuce");
        System.out.printf(
                "each cell: %d ms after warm-up, %d rounds interleaved, same disk, same 2 cores%n", millis, rounds);
        var shape = new ProcessCluster.Shape(directory.resolve("quorate"), 3, groups, heap, "");
        try (ProcessCluster cluster = ProcessCluster.start(shape)) {
            Optional<RedisProcess> redis = setting.text("peers").equals("off")
                    ? Optional.empty()
                    : RedisProcess.start(directory.resolve("redis"));
            try {
                Map<String, IntFunction<Side>> sides = new LinkedHashMap<>();
                sides.put("quorate", keys -> new QuorateSide("quorate", cluster.client("bench"), "bench", keys));
                redis.ifPresent(r -> {
                    sides.put("redis-gcra", keys -> new RedisGcraSide(r.port(), keys));
                    sides.put("bucket4j-redis", keys -> new Bucket4jSide(r.port(), keys));
                });
                measure(sides, cells(keyCounts), keysMax, rounds, millis, directory);
            } finally {
                redis.ifPresent(RedisProcess::close);
            }
        }
        print();
        goals.report("peers", setting);
    }

    private List<Cell> cells(List<Integer> keyCounts) {
        List<Cell> cells = new ArrayList<>();
        for (int keys : keyCounts) {
            for (int inFlight : setting.numbers("inflight")) {
                cells.add(new Cell(keys, inFlight, false));
            }
            for (int callers : setting.numbers("callers")) {
                cells.add(new Cell(keys, callers, true));
            }
        }
        return cells;
    }

    private void measure(
            Map<String, IntFunction<Side>> makers, List<Cell> cells, int keys, int rounds, int millis, Path directory) {
        List<Side> sides = makers.values().stream().map(m -> m.apply(keys)).toList();
        try {
            for (Side side : sides) {
                warmUp(side, cells, setting.number("warmup"));
            }
            for (int round = 1; round <= rounds; round++) {
                for (Cell cell : cells) {
                    disk.add(DiskProbe.run(directory, Math.min(500, millis)));
                    for (Side side : sides) {
                        Load.Run run = run(side, cell, millis);
                        runs.computeIfAbsent(cell + "|" + side.name(), k -> new ArrayList<>())
                                .add(run);
                        System.out.printf("round %d  %-26s %-15s %s%n", round, cell, side.name(), line(run));
                    }
                }
            }
        } finally {
            sides.forEach(Side::close);
        }
    }

    /** Compilers of four processes on two cores take their time, and it is taken from what is measured. */
    private static void warmUp(Side side, List<Cell> cells, int millisMax) {
        long start = System.nanoTime();
        double best = 0;
        int settled = 0;
        while (settled < 2 && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(millisMax)) {
            double sum = 0;
            for (Cell cell : cells) {
                sum += run(side, cell, WARM_UP_MILLIS).perSecond();
            }
            settled = sum > best * 1.05 ? 0 : settled + 1;
            best = Math.max(best, sum);
        }
        System.out.printf(
                "warmed up %s for %.0f s%s%n",
                side.name(), (System.nanoTime() - start) / 1e9, settled < 2 ? "; it still got faster" : "");
    }

    private static Load.Run run(Side side, Cell cell, int millis) {
        Load load = new Load(side, cell.keys());
        return cell.callers() ? load.callers(cell.inFlight(), millis) : load.window(cell.inFlight(), millis);
    }

    private void print() {
        Histogram all = new Histogram(60_000_000_000L, 3);
        disk.forEach(all::add);
        System.out.printf(
                "%nappend of 4 KiB + fdatasync on the same disk, between the cells: "
                        + "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
                all.getValueAtPercentile(50) / 1e6,
                all.getValueAtPercentile(99) / 1e6,
                all.getValueAtPercentile(99.9) / 1e6);
        System.out.printf(
                "%n%-26s %-15s %31s %9s %9s %9s %8s%n",
                "", "", "decisions/s (min-max)", "p50 ms", "p99 ms", "p99.9 ms", "ratio");
        Map<String, Double> ours = new LinkedHashMap<>();
        List<PeerGoals.Seen> judged = new ArrayList<>();
        runs.forEach((key, list) -> {
            String[] names = key.split("\\|");
            List<Double> rates = list.stream().map(Load.Run::perSecond).toList();
            double rate = Setting.median(rates);
            if (names[1].equals("quorate")) {
                ours.put(names[0], rate);
            }
            Histogram merged = new Histogram(60_000_000_000L, 3);
            list.forEach(r -> merged.add(r.latencies()));
            System.out.printf(
                    "%-26s %-15s %10.0f (%8.0f-%8.0f) %9.2f %9.2f %9.2f %7.1fx%n",
                    names[0],
                    names[1],
                    rate,
                    rates.stream().mapToDouble(d -> d).min().orElse(0),
                    rates.stream().mapToDouble(d -> d).max().orElse(0),
                    merged.getValueAtPercentile(50) / 1e6,
                    merged.getValueAtPercentile(99) / 1e6,
                    merged.getValueAtPercentile(99.9) / 1e6,
                    ours.getOrDefault(names[0], rate) / rate);
            double p50Millis = merged.getValueAtPercentile(50) / 1e6;
            goals.figure(
                    "cell",
                    names[0],
                    "side",
                    names[1],
                    "decisions/s, median",
                    rate,
                    "decisions/s, by round",
                    rates,
                    "p50 ms",
                    p50Millis,
                    "p99 ms",
                    merged.getValueAtPercentile(99) / 1e6,
                    "p99.9 ms",
                    merged.getValueAtPercentile(99.9) / 1e6);
            judged.add(new PeerGoals.Seen(names[0], names[1], rate, p50Millis));
        });
        double diskMillis = all.getValueAtPercentile(50) / 1e6;
        goals.figure("append of 4 KiB + fdatasync, p50 ms", diskMillis);
        PeerGoals.judge(goals, judged, diskMillis);
        System.out.println("ratio: Quorate's decisions/s over this side's, same cell, same run");
    }

    private static String line(Load.Run run) {
        return "%9.0f/s  p50 %8.2f  p99 %8.2f  p99.9 %8.2f ms  granted %d denied %d failed %d%s"
                .formatted(
                        run.perSecond(),
                        run.millis(50),
                        run.millis(99),
                        run.millis(99.9),
                        run.granted(),
                        run.denied(),
                        run.failed(),
                        run.failed() > 0 ? " (" + run.firstError() + ")" : "");
    }
}
