package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.chaos.process.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What many groups in one process cost: throughput of 8 against 1, interleaved, and CPU when idle. */
public final class GroupsBenchmark {
    private GroupsBenchmark() {}

    public static void main(String[] args) {
        Setting setting = new Setting(args, "groups", "rounds", "millis", "inflight", "keys", "heap", "dir", "idle");
        Setting.printMachine();
        int many = setting.number("groups", 8);
        int keys = setting.number("keys", 10_000);
        int heap = setting.number("heap", 512);
        var dir = setting.directory("groups-benchmark");
        try (ProcessCluster one = ProcessCluster.start(new ProcessCluster.Shape(dir.resolve("one"), 3, 1, heap, ""));
                ProcessCluster several =
                        ProcessCluster.start(new ProcessCluster.Shape(dir.resolve("many"), 3, many, heap, ""))) {
            printIdle(one, 1, setting.number("idle", 10));
            printIdle(several, many, setting.number("idle", 10));
            Side first = new QuorateSide("1 group", one.client("groups"), "bench", keys);
            Side second = new QuorateSide(many + " groups", several.client("groups"), "bench", keys);
            List<Double> ratios = new ArrayList<>();
            for (int inFlight : setting.numbers("inflight", "64,1024")) {
                new Load(first, keys).window(inFlight, 5_000);
                new Load(second, keys).window(inFlight, 5_000);
                ratios.clear();
                for (int round = 1; round <= setting.number("rounds", 5); round++) {
                    Load.Run a = new Load(first, keys).window(inFlight, setting.number("millis", 3_000));
                    Load.Run b = new Load(second, keys).window(inFlight, setting.number("millis", 3_000));
                    ratios.add(b.perSecond() / a.perSecond());
                    System.out.printf(
                            "round %d, %d in flight, %d keys: 1 group %.0f/s, %d groups %.0f/s, ratio %.2f%n",
                            round, inFlight, keys, a.perSecond(), many, b.perSecond(), b.perSecond() / a.perSecond());
                }
                System.out.printf(
                        "%d groups against 1, %d in flight: median ratio %.2f%n",
                        many, inFlight, Setting.median(ratios));
            }
            first.close();
            second.close();
        }
        System.exit(0);
    }

    private static void printIdle(ProcessCluster cluster, int groups, int seconds) {
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
            System.out.printf(
                    "idle, %d data groups + meta, %s: %.1f %% of a core over %d s%n",
                    groups, server.id(), 100 * (server.cpuNanos() - before.get(i)) / elapsed, seconds);
        }
    }
}
