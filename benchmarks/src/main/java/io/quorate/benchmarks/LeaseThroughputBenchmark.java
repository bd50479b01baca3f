package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.LeaseStats;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Three server processes and one client process, with everything on one machine: leased acquires of one hot key per
 * second
 * over a time, first under a limit that allows more than can be asked for, then under one that denies.
 */
public final class LeaseThroughputBenchmark {
    private static final int BATCH = 64;
    private static final Usage USAGE = Usage.of(
            "--leased",
            "Leased acquires of one hot key per second, with three servers and the client on this machine.",
            List.of("10 million leased acquires per second are held, and no limit is passed"),
            new Usage.Word("seconds", "60", "how long each case is measured"),
            new Usage.Word("threads", "2", "threads that spend"),
            new Usage.Word("goal", "10000000", "acquires per second to hold, and the limit of the tight case"),
            new Usage.Word("heap", "512", "MiB of each server, fixed and pre-touched"));

    private LeaseThroughputBenchmark() {}

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        int seconds = setting.number("seconds");
        int threads = setting.number("threads");
        int goal = setting.number("goal");
        boolean exact;
        Goals goals = new Goals();
        try (ProcessCluster cluster = ProcessCluster.start(
                        new ProcessCluster.Shape(setting.directory(), 3, 1, setting.number("heap"), ""));
                QuorateClient admin = cluster.client("admin")) {
            exact = run(cluster, admin, new Case("loose", 1_000_000_000L, seconds, threads, goal), goals);
            exact &= run(cluster, admin, new Case("tight", goal, seconds, threads, 0), goals);
        }
        goals.report("leased", setting);
        System.exit(exact ? 0 : 1);
    }

    private record Case(String name, long perSecond, int seconds, int threads, int goal) {}

    private static boolean run(ProcessCluster cluster, QuorateClient admin, Case one, Goals goals) {
        Limit limit = Limit.of(Algorithm.GCRA, one.perSecond(), 1_000);
        admin.admin()
                .applyRules(
                        new RuleSet(
                                one.name(), Optional.empty(), List.of(new Rule("all", List.of(), limit, Mode.ENFORCE))),
                        OptionalLong.empty());
        try (QuorateClient client = QuorateClient.builder()
                .endpoints(cluster.endpoints())
                .name("hot")
                .build()) {
            Limiter limiter = client.limiter(AcquireRequest.of(one.name()));
            UseMeter meter = new UseMeter(one.perSecond(), one.perSecond(), System.nanoTime());
            spend(limiter, one.threads(), 5, meter); // the compiler and the policy need some seconds
            LeaseStats before = client.leaseStats();
            long begin = System.nanoTime();
            long[] counts = spend(limiter, one.threads(), one.seconds(), meter);
            double elapsed = (System.nanoTime() - begin) / 1e9;
            LeaseStats after = client.leaseStats();
            double asked = counts[0] + counts[1];
            double perSecond = counts[0] / elapsed;
            System.out.printf(
                    "%s, limit %,d/s, %d threads, %.0f s: %,.0f granted/s, %,.0f asked/s, %.6f renewals per 1,000"
                            + " acquires, over the limit by %.0f tokens%n",
                    one.name(),
                    one.perSecond(),
                    one.threads(),
                    elapsed,
                    perSecond,
                    asked / elapsed,
                    1000.0 * (after.renewals() - before.renewals()) / asked,
                    Math.max(0, meter.excess()));
            goals.figure(
                    "case", one.name(), "granted/s", perSecond, "asked/s", asked / elapsed, "over", meter.excess());
            if (one.goal() > 0) {
                goals.atLeast(one.name() + ", leased acquires", one.goal(), perSecond, "per second");
            }
            goals.atMost(one.name() + ", over the limit in the worst window", 0, Math.max(0, meter.excess()), "tokens");
            return meter.excess() <= 0;
        }
    }

    /** Granted and not granted. Uses are metered in batches, each at the time of its first: never later than used. */
    private static long[] spend(Limiter limiter, int threads, int seconds, UseMeter meter) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long[] granted = new long[threads];
        long[] refused = new long[threads];
        Thread[] all = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int me = t;
            all[t] = new Thread(
                    () -> {
                        long got = 0;
                        long not = 0;
                        for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
                            int batch = 0;
                            for (int i = 0; i < BATCH; i++) {
                                if (limiter.tryAcquire().granted()) {
                                    batch++;
                                }
                            }
                            got += batch;
                            not += BATCH - batch;
                            if (batch > 0) {
                                meter.used(batch, now);
                            }
                        }
                        granted[me] = got;
                        refused[me] = not;
                    },
                    "spender-" + t);
            all[t].start();
        }
        long[] sums = new long[2];
        for (int t = 0; t < threads; t++) {
            try {
                all[t].join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while threads spent", e);
            }
            sums[0] += granted[t];
            sums[1] += refused[t];
        }
        return sums;
    }
}
