package io.quorate.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.chaos.check.GrantHistory;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 of the leader under load, of all three at once, and a restart: nothing granted is lost, no limit passed. */
final class KillIT {
    private static final int CLIENTS = 12;
    private static final Limit TOTAL =
            Limit.of(Algorithm.FIXED_WINDOW, 40_000, Duration.ofDays(36_500).toMillis());
    private static final Limit RATE = new Limit(Algorithm.GCRA, 25, 1_000, 10);

    @TempDir
    private Path directory;

    private final GrantHistory history = new GrantHistory();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong denied = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void everyAcknowledgedGrantIsStillThereAndNoLimitIsPassed() throws InterruptedException {
        long seed = Long.getLong("seed", 20_261_124L);
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        try (ProcessCluster cluster = ProcessCluster.start(new ProcessCluster.Shape(directory, 3, 2, 256, ""));
                QuorateClient client = cluster.client("kill-test")) {
            client.admin().applyRules(rules(), OptionalLong.empty());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                Thread thread = new Thread(() -> ask(client, random), "load-" + i);
                thread.start();
                threads.add(thread);
            }
            for (int group = 1; group <= 2; group++) {
                awaitGrants(500);
                ServerProcess leader = cluster.leader(client, group);
                leader.kill();
                awaitGrants(500);
                leader.start();
                cluster.awaitLeaders(Duration.ofSeconds(60));
            }
            awaitGrants(500);
            cluster.servers().forEach(ServerProcess::kill);
            cluster.servers().forEach(ServerProcess::start);
            cluster.awaitLeaders(Duration.ofSeconds(60));
            awaitGrants(500);
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            check(client);
        }
    }

    private void check(QuorateClient client) {
        Map<String, Limit> limits = new HashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            limits.put("rate/" + i, RATE);
            limits.put("total/" + i, TOTAL);
        }
        System.out.printf("%d grants, %d denied, %d unknown%n", history.size() / 2, denied.get(), unknown.get());
        assertThat(history.violations(limits)).isEmpty();
        long beyond = 0;
        for (int i = 0; i < CLIENTS; i++) {
            long used = client.admin()
                    .key("kill", "total", List.of(String.valueOf(i)))
                    .used();
            long acknowledged = history.taken("total/" + i);
            assertThat(used).as("S7: counter of client %d", i).isBetween(acknowledged, TOTAL.amount());
            beyond += used - acknowledged;
        }
        assertThat(beyond)
                .as("S4: what the counters hold beyond the acknowledged grants is at most the unknown ones")
                .isLessThanOrEqualTo(unknown.get() * 3);
        assertThat(denied.get()).as("the rate limit was really met").isPositive();
    }

    private void ask(QuorateClient client, SplittableRandom random) {
        while (!stop.get()) {
            int who = random.nextInt(CLIENTS);
            long cost = 1 + random.nextInt(3);
            long asked = System.nanoTime();
            Result result = client.tryAcquire(
                    AcquireRequest.of("kill", "client", String.valueOf(who)).withCost(cost));
            long answered = System.nanoTime();
            if (result instanceof Result.Granted granted) {
                for (String rule : List.of("rate/", "total/")) {
                    history.add(new GrantHistory.Grant(
                            rule + who, cost, positionOf(granted.position(), rule), asked, answered));
                }
            } else if (result instanceof Result.Denied) {
                denied.incrementAndGet();
            } else {
                unknown.incrementAndGet();
            }
        }
    }

    /** Both counters of a request stand at one position; to the checker they are two logs. */
    private static Result.Position positionOf(Result.Position p, String rule) {
        int log = rule.startsWith("rate") ? p.group() : 100 + p.group();
        return new Result.Position(log, p.index(), p.position(), p.logTimeMillis(), p.rulesVersion());
    }

    private void awaitGrants(int more) {
        int before = history.size();
        await().atMost(Duration.ofSeconds(60)).until(() -> history.size() >= before + 2 * more);
    }

    private static RuleSet rules() {
        List<EntryMatch> each = List.of(new EntryMatch("client", new Pattern.Any()));
        return new RuleSet(
                "kill",
                Optional.of("client"),
                List.of(new Rule("rate", each, RATE, Mode.ENFORCE), new Rule("total", each, TOTAL, Mode.ENFORCE)));
    }
}
