package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.chaos.process.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What many groups in one process cost: throughput of 8 against 1, interleaved, and CPU when idle. */
public final class GroupsBenchmark {
    private static final double RATIO_MIN = 0.8;
    private static final double IDLE_PERCENT_MAX = 5;
    private static final Usage USAGE = Usage.of(
            "--groups",
            "What many groups in one process cost: decisions per second against one group's, and CPU when idle.",
            List.of(
                    "saturated, that is with the greatest of the numbers in flight, many groups decide at least 0.8 times as"
                            + " much as one; with less an entry of each of them has fewer commands, so the ratio is lower",
                    "no request is refused or lost",
                    "an idle server with many groups uses at most 5 % of a core"),
            new Usage.Word("groups", "8", "data groups of the second cluster; the first has one"),
            new Usage.Word("rounds", "5", "interleaved rounds"),
            new Usage.Word("millis", "3000", "how long each is measured in a round"),
            Usage.Word.numbers("inflight", "64,1024,4096,16384", "unanswered requests of all groups together"),
            new Usage.Word("keys", "10000", "counters"),
            new Usage.Word("idle", "10", "seconds of idling that are measured"),
            new Usage.Word("heap", "512", "MiB of each of six servers, fixed and pre-touched"));

    private GroupsBenchmark() {}

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        int many = setting.number("groups");
        int keys = setting.number("keys");
        int heap = setting.number("heap");
        Goals goals = new Goals();
        var dir = setting.directory();
        int inFlightMax =
                setting.numbers("inflight").stream().mapToInt(n -> n).max().orElseThrow();
        String limits = "limits:\n  in-flight-per-connection-max: " + inFlightMax + "\n";
        try (ProcessCluster one =
                        ProcessCluster.start(new ProcessCluster.Shape(dir.resolve("one"), 3, 1, heap, limits));
                ProcessCluster several =
                        ProcessCluster.start(new ProcessCluster.Shape(dir.resolve("many"), 3, many, heap, limits))) {
            printIdle("just started", one, 1, setting.number("idle"), goals);
            printIdle("just started", several, many, setting.number("idle"), goals);
            Side first = new QuorateSide("1 group", one.client("groups", inFlightMax), "bench", keys);
            Side second = new QuorateSide(many + " groups", several.client("groups", inFlightMax), "bench", keys);
            List<Integer> inFlights =
                    setting.numbers("inflight").stream().sorted().toList();
            List<Double> ratios = new ArrayList<>();
            long failed = 0;
            for (int inFlight : inFlights) {
                new Load(first, keys).window(inFlight, 5_000);
                new Load(second, keys).window(inFlight, 5_000);
                ratios.clear();
                for (int round = 1; round <= setting.number("rounds"); round++) {
                    Load.Run a = new Load(first, keys).window(inFlight, setting.number("millis"));
                    Load.Run b = new Load(second, keys).window(inFlight, setting.number("millis"));
                    goals.figure("in flight", inFlight, "one/s", a.perSecond(), "many/s", b.perSecond());
                    failed += a.failed() + b.failed();
                    ratios.add(b.perSecond() / a.perSecond());
                    System.out.printf(
                            "round %d, %d in flight, %d keys: 1 group %.0f/s, %d groups %.0f/s, ratio %.2f%n",
                            round, inFlight, keys, a.perSecond(), many, b.perSecond(), b.perSecond() / a.perSecond());
                }
                System.out.printf(
                        "%d groups against 1, %d in flight: median ratio %.2f%n",
                        many, inFlight, Setting.median(ratios));
            }
            goals.atLeast(many + " groups against one, saturated", RATIO_MIN, Setting.median(ratios), "times");
            goals.atMost("requests refused or lost", 0, failed, "");
            System.out.println("once more, now that the servers' code is compiled:");
            printIdle("compiled", one, 1, setting.number("idle"), goals);
            printIdle("compiled", several, many, setting.number("idle"), goals);
            first.close();
            second.close();
        }
        goals.report("groups", setting);
        System.exit(0);
    }

    private static void printIdle(String when, ProcessCluster cluster, int groups, int seconds, Goals goals) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(10)); // let start-up and the compiler end
        List<Long> before =
                cluster.servers().stream().map(ServerProcess::cpuNanos).toList();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        double elapsed = System.nanoTime() - start;
        for (int i = 0; i < before.size(); i++) {
            ServerProcess server = cluster.servers().get(i);
            double percent = 100 * (server.cpuNanos() - before.get(i)) / elapsed;
            System.out.printf(
                    "idle, %d data groups + meta, %s: %.1f %% of a core over %d s%n",
                    groups, server.id(), percent, seconds);
            goals.figure("node", server.id(), "when", when, "groups", groups, "idle, % of a core", percent);
            if (groups > 1) {
                goals.atMost(
                        "idle, " + when + ", " + server.id() + " with " + groups + " groups",
                        IDLE_PERCENT_MAX,
                        percent,
                        "%");
            }
        }
    }
}
