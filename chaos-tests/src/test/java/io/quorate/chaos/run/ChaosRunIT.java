package io.quorate.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.Invariant;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A whole run on real processes, with leaders killed: all of it is recorded, judged and reported. */
final class ChaosRunIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KILLS = Integer.getInteger("kills", 3);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void aRunWithKilledLeadersShowsNoViolation() throws IOException {
        long seed = Long.getLong("seed", 20_261_124L);
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        Path folder = Path.of(
                System.getProperty("quorate.run", directory.resolve("run").toString()));
        ClusterPlan shape = new ClusterPlan(directory.resolve("cluster"), 3, 2, 128, RunPlan.NODE_CONFIG, List.of());
        SplittableRandom random = new SplittableRandom(seed);
        try (Substrate cluster = LocalSubstrate.onLoopback(shape);
                ClusterView view = ClusterView.open(cluster, PATIENCE)) {
            view.awaitWhole(PATIENCE);
            try (ChaosRun run = ChaosRun.start(cluster, RunPlan.of(folder, seed))) {
                for (int kill = 0; kill < KILLS; kill++) {
                    pause(2_000);
                    int group = 1 + random.nextInt(2);
                    kill(run, view.awaitLeader(group, PATIENCE), group, seed);
                    view.awaitWhole(PATIENCE);
                }
                pause(2_000);
                Findings findings = run.finish();
                System.out.println(findings.text());
                assertThat(run.troubles()).isEmpty();
                assertThat(findings.isClean()).as(findings.text()).isTrue();
                for (Invariant judged : List.of(
                        Invariant.S1,
                        Invariant.S2,
                        Invariant.S3,
                        Invariant.S4,
                        Invariant.S5,
                        Invariant.S7,
                        Invariant.S8,
                        Invariant.S9,
                        Invariant.S10,
                        Invariant.S11,
                        Invariant.S12,
                        Invariant.S16)) {
                    assertThat(findings.checked(judged)).as(judged.toString()).isPositive();
                }
            }
        }
        assertThat(Files.readString(folder.resolve("index.html")))
                .contains("<svg", "no violation", "kill-leader", "median")
                .doesNotContain("<script", "src=", "NaN");
    }

    private static void kill(ChaosRun run, ChaosNode leader, int group, long seed) {
        TreeMap<String, String> with = new TreeMap<>();
        with.put("group", String.valueOf(group));
        long number = run.history().faultStarted("kill-leader", List.of(leader.id()), with, seed, System.nanoTime());
        leader.kill();
        pause(1_500);
        leader.start();
        run.history().faultStopped(number, System.nanoTime());
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
