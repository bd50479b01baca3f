package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.chaos.process.ServerProcess;
import io.quorate.client.api.AcquireRequest;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Time from {@code kill -9} of a group's leader, under load, to the first new grant on that group.
 *
 * <p>Callers keep asking for one counter of a window that doesn't end during the run; after every kill the
 * node is started again. At the end the counter must hold every acknowledged grant (it may hold more: those
 * whose answer was unknown).
 */
public final class FailoverBenchmark {
    private static final long AMOUNT = 1_000_000_000L;
    private static final long LAST_REPLIES_NANOS = 5_000_000L;

    private static final double MEDIAN_MILLIS_MAX = 1_000;
    private static final Usage USAGE = Usage.of(
            "--failover",
            "Time from kill -9 of a group's leader, under load, to the first new grant, and whether a grant is lost.",
            List.of("median: at most 1,000 ms"),
            new Usage.Word("kills", "20", "how often the leader is killed"),
            new Usage.Word("callers", "8", "threads that ask"),
            new Usage.Word("groups", "2", "data groups"),
            new Usage.Word("heap", "512", "MiB of each of three servers, fixed and pre-touched"));

    private FailoverBenchmark() {}

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        int kills = setting.number("kills");
        var shape =
                new ProcessCluster.Shape(setting.directory(), 3, setting.number("groups"), setting.number("heap"), "");
        System.out.printf("3 server processes with the shipped settings, %d kills of the leader under load%n", kills);
        try (ProcessCluster cluster = ProcessCluster.start(shape);
                QuorateClient client = cluster.client("failover")) {
            RuleSet rules = new RuleSet(
                    "failover",
                    Optional.empty(),
                    List.of(new Rule(
                            "total",
                            List.of(new EntryMatch("client", new Pattern.Any())),
                            Limit.of(Algorithm.FIXED_WINDOW, AMOUNT, TimeUnit.DAYS.toMillis(36_500)),
                            Mode.ENFORCE)));
            client.admin().applyRules(rules, OptionalLong.empty());
            int failures = run(cluster, client, kills, setting);
            System.exit(failures == 0 ? 0 : 1);
        }
    }

    private static int run(ProcessCluster cluster, QuorateClient client, int kills, Setting setting) {
        int group = client.admin().key("failover", "total", List.of("one")).group();
        List<Double> millis = new ArrayList<>();
        Callers load = new Callers(client, setting.number("callers"));
        for (int kill = 1; kill <= kills; kill++) {
            waitUntil("grants flow", () -> System.nanoTime() - load.lastGrantNanos.get() < 200_000_000L);
            ServerProcess leader = cluster.leader(client, group);
            leader.kill();
            long killed = System.nanoTime();
            // The dead leader's last replies can still arrive, but not for long: they are in this host's buffers.
            long fresh = killed + LAST_REPLIES_NANOS;
            waitUntil("a grant after the kill", () -> load.lastGrantNanos.get() - fresh > 0);
            double took = (load.firstGrantSince(fresh) - killed) / 1e6;
            millis.add(took);
            System.out.printf(
                    "kill %2d: %s led group %d; first new grant after %.0f ms%n", kill, leader.id(), group, took);
            leader.start();
            cluster.awaitLeaders(Duration.ofSeconds(60));
            waitUntil(
                    "the killed node follows",
                    () -> client.admin().group(group).size()
                            == cluster.servers().size());
        }
        load.stop();
        return report(client, load, millis, setting);
    }

    private static int report(QuorateClient client, Callers load, List<Double> millis, Setting setting) {
        long used = client.admin().key("failover", "total", List.of("one")).used();
        long granted = load.granted.get();
        long unknown = load.unknown.get();
        boolean right = used >= granted && used <= granted + unknown;
        millis.sort(Double::compare);
        System.out.printf(
                "%nkill -9 of the leader to the first new grant, %d kills: "
                        + "median %.0f ms, p99 %.0f ms, worst %.0f ms, best %.0f ms%n",
                millis.size(),
                Setting.median(millis),
                millis.get((int) Math.ceil(millis.size() * 0.99) - 1),
                millis.get(millis.size() - 1),
                millis.get(0));
        System.out.printf(
                "acknowledged grants %d, answers unknown %d, the counter holds %d: %s%n",
                granted, unknown, used, right ? "nothing lost, nothing twice" : "WRONG");
        Goals goals = new Goals();
        goals.atMost("median over " + millis.size() + " kills", MEDIAN_MILLIS_MAX, Setting.median(millis), "ms");
        goals.figure("to the next grant, ms", millis);
        goals.figure("acknowledged", granted, "unknown", unknown, "held by the counter", used, "right", right);
        goals.report("failover", setting);
        return right ? 0 : 1;
    }

    /** Threads that ask without a pause, and when they were granted. */
    private static final class Callers {
        private final AtomicLong granted = new AtomicLong();
        private final AtomicLong unknown = new AtomicLong();
        private final AtomicLong lastGrantNanos = new AtomicLong(System.nanoTime());
        private final ConcurrentSkipListSet<Long> grantNanos = new ConcurrentSkipListSet<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Callers(QuorateClient client, int count) {
            AcquireRequest request = AcquireRequest.of("failover", "client", "one");
            for (int i = 0; i < count; i++) {
                Thread thread = new Thread(() -> ask(client, request), "caller-" + i);
                thread.start();
                threads.add(thread);
            }
        }

        private void ask(QuorateClient client, AcquireRequest request) {
            while (!stop.get()) {
                if (client.tryAcquire(request) instanceof Result.Granted) {
                    long now = System.nanoTime();
                    granted.incrementAndGet();
                    grantNanos.add(now);
                    lastGrantNanos.set(now);
                    if (granted.get() % 1000 == 0 && grantNanos.size() > 100_000) {
                        grantNanos.pollFirst();
                    }
                } else {
                    unknown.incrementAndGet();
                }
            }
        }

        long firstGrantSince(long nanos) {
            Long first = grantNanos.higher(nanos);
            if (first == null) {
                throw new IllegalStateException("no grant is remembered since the kill");
            }
            return first;
        }

        void stop() {
            stop.set(true);
            threads.forEach(FailoverBenchmark::join);
        }
    }

    private static void waitUntil(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited 60 s in vain until " + what);
            }
            LockSupport.parkNanos(1_000_000L);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
