package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long each group that a killed node led goes without a grant: told, not judged, as it depends on the machine. */
@Timeout(900)
final class RecoveryIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int GROUPS = 2;

    @TempDir
    private Path directory;

    /** What one group's probe saw since the last kill. */
    private static final class Probe {
        private volatile long sinceNanos = Long.MAX_VALUE;
        private final AtomicLong firstNanos = new AtomicLong();

        void from(long nanos) {
            firstNanos.set(0);
            sinceNanos = nanos;
        }

        void granted(long askedNanos, long answeredNanos) {
            if (askedNanos >= sinceNanos) {
                firstNanos.compareAndSet(0, answeredNanos);
            }
        }
    }

    @Test
    void fromTheKillOfALeaderToTheNextGrant() throws InterruptedException {
        int kills = Integer.getInteger("chaos.kills", 20);
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        List<Long> gapsMillis = new ArrayList<>();
        try (Substrate substrate = LocalSubstrate.onLoopback(ClusterPlan.of(directory.resolve("nodes"), 3, GROUPS));
                ClusterView view = ClusterView.open(substrate, LONG);
                QuorateClient client = QuorateClient.builder()
                        .leases(false)
                        .endpoints(substrate.clientEndpoints().split(",", -1))
                        .requestTimeout(Duration.ofMillis(200))
                        .build()) {
            view.awaitWhole(LONG);
            view.client().admin().applyRules(rules(), OptionalLong.empty());
            Map<Integer, Probe> probes = new HashMap<>();
            keys(view.client()).forEach((group, key) -> {
                Probe probe = new Probe();
                probes.put(group, probe);
                Thread thread = new Thread(() -> ask(client, key, probe, stop), "probe-" + group);
                thread.start();
                threads.add(thread);
            });
            try {
                for (int i = 0; i < kills; i++) {
                    kill(view, probes, 1 + i % GROUPS, gapsMillis);
                }
            } finally {
                stop.set(true);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        Collections.sort(gapsMillis);
        System.out.printf(
                "recovery from %d kills, %d groups without leader: median %d ms, p99 %d ms, worst %d ms%n",
                kills,
                gapsMillis.size(),
                gapsMillis.get(gapsMillis.size() / 2),
                gapsMillis.get((gapsMillis.size() * 99 - 1) / 100),
                gapsMillis.get(gapsMillis.size() - 1));
        assertThat(gapsMillis).hasSizeGreaterThanOrEqualTo(kills);
    }

    /** Kills who leads a group; every data group that it led counts. */
    private static void kill(ClusterView view, Map<Integer, Probe> probes, int group, List<Long> gapsMillis) {
        ChaosNode victim = view.awaitLeader(group, LONG);
        Map<Integer, Probe> led = new HashMap<>(probes);
        led.keySet().removeIf(g -> !view.awaitLeader(g, LONG).id().equals(victim.id()));
        long killedNanos = System.nanoTime();
        led.values().forEach(p -> p.from(killedNanos));
        victim.kill();
        for (Probe probe : led.values()) {
            while (probe.firstNanos.get() == 0) {
                Scene.rest(1);
            }
            gapsMillis.add(TimeUnit.NANOSECONDS.toMillis(probe.firstNanos.get() - killedNanos));
        }
        victim.start();
        view.awaitWhole(LONG);
    }

    private static void ask(QuorateClient client, AcquireRequest key, Probe probe, AtomicBoolean stop) {
        while (!stop.get()) {
            long asked = System.nanoTime();
            if (client.tryAcquire(key) instanceof Result.Granted) {
                probe.granted(asked, System.nanoTime());
            }
            Scene.rest(10);
        }
    }

    /** For each data group a key that it decides. */
    private static Map<Integer, AcquireRequest> keys(QuorateClient client) {
        Map<Integer, AcquireRequest> keys = new HashMap<>();
        for (int i = 0; keys.size() < GROUPS; i++) {
            AcquireRequest key = AcquireRequest.of("recovery", "client", String.valueOf(i));
            if (client.tryAcquire(key) instanceof Result.Granted granted) {
                keys.putIfAbsent(granted.position().group(), key);
            }
        }
        return keys;
    }

    private static RuleSet rules() {
        Limit limit = Limit.of(
                Algorithm.FIXED_WINDOW, 1_000_000_000, Duration.ofDays(36_500).toMillis());
        return new RuleSet(
                "recovery",
                Optional.of("client"),
                List.of(new Rule("all", List.of(new EntryMatch("client", new Pattern.Any())), limit, Mode.ENFORCE)));
    }
}
