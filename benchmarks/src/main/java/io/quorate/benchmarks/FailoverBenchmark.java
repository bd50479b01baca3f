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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time from {@code kill -9} of a group's leader, under load, to the first new grant on that group.
 *
 * <p>Callers keep asking for one counter of a window that doesn't end during the run; after every kill the
 * node is started again. At the end the counter must hold every acknowledged grant (it may hold more: those
 * whose answer was unknown).
 */
public final class FailoverBenchmark {
    private static final long AMOUNT = 1_000_000_000L;

    private FailoverBenchmark() {}

    public static void main(String[] args) {
        Setting setting = new Setting(args, "kills", "callers", "groups", "heap", "dir");
        Setting.printMachine();
        int kills = setting.number("kills", 20);
        var shape = new ProcessCluster.Shape(
                setting.directory("failover-benchmark"),
                3,
                setting.number("groups", 2),
                setting.number("heap", 512),
                "");
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
            int failures = run(cluster, client, kills, setting.number("callers", 8));
            System.exit(failures == 0 ? 0 : 1);
        }
    }

    private static int run(ProcessCluster cluster, QuorateClient client, int kills, int callers) {
        AcquireRequest request = AcquireRequest.of("failover", "client", "one");
        AtomicLong granted = new AtomicLong();
        AtomicLong unknown = new AtomicLong();
        AtomicLong lastGrant = new AtomicLong();
        AtomicLong firstAfterKill = new AtomicLong();
        AtomicLong killedAt = new AtomicLong(Long.MAX_VALUE);
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(() -> {
                while (!stop.get()) {
                    long asked = System.nanoTime();
                    Result result = client.tryAcquire(request);
                    if (result instanceof Result.Granted) {
                        granted.incrementAndGet();
                        long now = System.nanoTime();
                        lastGrant.set(now);
                        long killed = killedAt.get();
                        // Only a request asked after the kill, or answered by a retry after it, can land here
                        // later than the dead leader's last replies, which arrive within the same millisecond.
                        if (killed != Long.MAX_VALUE && now - killed > 5_000_000L && asked - killed > -5_000_000_000L) {
                            firstAfterKill.compareAndSet(0, now);
                        }
                    } else {
                        unknown.incrementAndGet();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        int group = groupOf(client);
        List<Double> millis = new ArrayList<>();
        for (int kill = 1; kill <= kills; kill++) {
            waitUntil("grants flow", () -> System.nanoTime() - lastGrant.get() < 200_000_000L);
            ServerProcess leader = cluster.leader(client, group);
            firstAfterKill.set(0);
            leader.kill();
            killedAt.set(System.nanoTime());
            waitUntil("a grant after the kill", () -> firstAfterKill.get() != 0);
            double took = (firstAfterKill.get() - killedAt.get()) / 1e6;
            killedAt.set(Long.MAX_VALUE);
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
        stop.set(true);
        threads.forEach(FailoverBenchmark::join);
        long used = client.admin().key("failover", "total", List.of("one")).used();
        millis.sort(Double::compare);
        System.out.printf(
                "%nkill -9 of the leader to the first new grant: median %.0f ms, p99 %.0f ms, worst %.0f ms, best %.0f ms over %d kills%n",
                Setting.median(millis),
                millis.get(Math.min(millis.size() - 1, (int) Math.ceil(millis.size() * 0.99) - 1)),
                millis.get(millis.size() - 1),
                millis.get(0),
                millis.size());
        System.out.printf(
                "acknowledged grants %d, answers unknown %d, the counter holds %d: %s%n",
                granted.get(),
                unknown.get(),
                used,
                used >= granted.get() && used <= granted.get() + unknown.get()
                        ? "nothing lost, nothing twice"
                        : "WRONG");
        return used >= granted.get() && used <= granted.get() + unknown.get() ? 0 : 1;
    }

    private static int groupOf(QuorateClient client) {
        return client.admin().key("failover", "total", List.of("one")).group();
    }

    private static void waitUntil(String what, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited 60 s in vain until " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000L);
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
