package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.run.RunPlan;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long each group that a killed node led goes without a decision: told by group in the run's page, not judged, as
 * it depends on the machine.
 */
@Timeout(1_800)
final class RecoveryIT {
    @TempDir
    private Path directory;

    @Test
    void fromTheKillOfALeaderToTheNextDecision() throws IOException {
        int kills = Integer.getInteger("chaos.kills", 20);
        try (Substrate substrate = LocalSubstrate.onLoopback(ClusterPlan.of(directory.resolve("nodes"), 3, 2))) {
            Nemesis.Report report = JudgedRun.check(
                    "recovery",
                    substrate,
                    Long.getLong("seed", 20_261_124L),
                    new JudgedRun.Volume(Faults.of("kill-leader"), kills, Duration.ofMinutes(30), RunPlan.Load.FULL));
            assertThat(report.injections()).isEqualTo(kills);
        }
        assertThat(Files.readString(Path.of("target", "chaos-runs", "recovery", "index.html")))
                .contains("kill-leader", "median");
    }
}
