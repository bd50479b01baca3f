package io.quorate.chaos.fault;

import io.quorate.chaos.run.RunPlan;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link ChaosIT}, of real processes too, with the faults that need nothing of the machine. */
@Timeout(300)
final class ShortChaosTest {
    private static final List<Fault> FAULTS = Faults.of(
            "kill-leader",
            "pause-leader",
            "partition-isolate-leader",
            "transfer-storm",
            "client-kill",
            "client-pause",
            "client-duplicates");

    @TempDir
    private Path directory;

    @Test
    void killsPausesAndTransfersBreakNothing() throws IOException {
        long seed = Long.getLong("seed", 20_261_124L);
        try (Substrate substrate = LocalSubstrate.onLoopback(ClusterPlan.of(directory.resolve("nodes"), 3, 2))) {
            Nemesis.Report report = JudgedRun.check(
                    "short",
                    substrate,
                    seed,
                    new JudgedRun.Volume(FAULTS, FAULTS.size(), Duration.ofSeconds(120), RunPlan.Load.LIGHT));
            JudgedRun.assertEach(report, FAULTS, 1);
        }
    }
}
