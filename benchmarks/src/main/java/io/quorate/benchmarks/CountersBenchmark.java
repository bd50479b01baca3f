package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.chaos.process.ServerProcess;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Memory of each node with many live counters, and the time that a restart of all nodes takes. */
public final class CountersBenchmark {
    private static final double RESTART_SECONDS_MAX = 20;
    private static final Usage USAGE = Usage.of(
            "--counters",
            "Memory of three server processes with many live counters, and their restart after kill -9 of all.",
            List.of("kill -9 of all three, start, to the first grant: at most 20 s"),
            new Usage.Word("counters", "1000000", "live counters"),
            new Usage.Word("groups", "2", "data groups"),
            new Usage.Word("heap", "1024", "MiB of each server, fixed and pre-touched"));

    private CountersBenchmark() {}

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        int counters = setting.number("counters");
        int heap = setting.number("heap");
        Goals goals = new Goals();
        var shape = new ProcessCluster.Shape(setting.directory(), 3, setting.number("groups"), heap, "");
        System.out.printf("3 server processes, heap %d MiB each (fixed, pre-touched), %d counters%n", heap, counters);
        try (ProcessCluster cluster = ProcessCluster.start(shape)) {
            printMemory(cluster, "empty", goals);
            try (QuorateClient client = cluster.client("counters")) {
                client.admin()
                        .applyRules(
                                new RuleSet(
                                        "counters",
                                        Optional.of("client"),
                                        List.of(new Rule(
                                                "per-client",
                                                List.of(new EntryMatch("client", new Pattern.Any())),
                                                new Limit(Algorithm.TOKEN_BUCKET, 1_000, 86_400_000, 1_000),
                                                Mode.ENFORCE))),
                                OptionalLong.empty());
                long start = System.nanoTime();
                fill(client, counters);
                System.out.printf("filled in %.1f s%n", (System.nanoTime() - start) / 1e9);
            }
            long before = live(cluster);
            System.out.println("live counters: " + before);
            printMemory(cluster, "with " + before + " counters", goals);
            cluster.servers().forEach(ServerProcess::kill);
            long start = System.nanoTime();
            cluster.servers().forEach(ServerProcess::start);
            cluster.awaitLeaders(Duration.ofSeconds(120));
            firstGrant(cluster, counters);
            double seconds = (System.nanoTime() - start) / 1e9;
            long after = live(cluster);
            System.out.printf(
                    "kill -9 of all three, start of all three, to the first grant: %.1f s; live counters then: %d%n",
                    seconds, after);
            printMemory(cluster, "after the restart", goals);
            goals.atMost("restart with " + before + " counters", RESTART_SECONDS_MAX, seconds, "s");
            goals.figure("counters before", before, "counters after", after, "restart seconds", seconds);
            goals.report("counters", setting);
            System.exit(after >= before ? 0 : 1);
        }
    }

    private static void fill(QuorateClient client, int counters) {
        Semaphore window = new Semaphore(1024);
        AtomicLong failed = new AtomicLong();
        for (int i = 0; i < counters; i++) {
            window.acquireUninterruptibly();
            client.acquireAsync(AcquireRequest.of("counters", "client", "client-" + i))
                    .whenComplete((result, error) -> {
                        if (!(result instanceof Result.Granted)) {
                            failed.incrementAndGet();
                        }
                        window.release();
                    });
        }
        window.acquireUninterruptibly(1024);
        if (failed.get() > 0) {
            throw new IllegalStateException(failed.get() + " of " + counters + " acquires were not granted");
        }
    }

    private static long live(ProcessCluster cluster) {
        try (QuorateClient client = cluster.client("count")) {
            return client.admin().groups().stream()
                    .mapToLong(QuorateAdmin.GroupInfo::counters)
                    .sum();
        }
    }

    private static void firstGrant(ProcessCluster cluster, int counters) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (QuorateClient client = cluster.client("first-grant")) {
            AcquireRequest request = AcquireRequest.of("counters", "client", "client-" + counters / 2);
            while (!(client.tryAcquire(request) instanceof Result.Granted)) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("no grant within 60 s of the restart");
                }
            }
        }
    }

    private static void printMemory(ProcessCluster cluster, String when, Goals goals) {
        for (ServerProcess server : cluster.servers()) {
            goals.figure("node", server.id(), "when", when, "resident bytes", server.residentBytes());
            System.out.printf("%s %s: resident %d MiB%n", server.id(), when, server.residentBytes() >> 20);
        }
    }
}
