package io.quorate.chaos.fault;

import io.quorate.chaos.run.RunPlan;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.ContainerSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The faults of {@link ChaosIT} on containers: each kind of partition of five nodes, and one of each other family. */
@Timeout(900)
final class ContainerIT {
    @TempDir
    private Path directory;

    @Test
    void everyKindOfPartition() throws IOException {
        Needed.here("containers", ContainerSubstrate.lacking());
        long seed = Long.getLong("seed", 20_261_124L);
        List<Fault> faults = new ArrayList<>(Faults.all().stream()
                .filter(f -> f.kind().startsWith("partition-"))
                .toList());
        faults.addAll(Faults.of(
                "kill-leader", "pause-leader", "loss", "delay", "clock-jump", "power-loss-leader", "client-kill"));
        try (Substrate substrate = ContainerSubstrate.start(ClusterPlan.of(directory.resolve("nodes"), 5, 2))) {
            Nemesis.Report report = JudgedRun.check(
                    "containers",
                    substrate,
                    seed,
                    new JudgedRun.Volume(faults, faults.size(), Duration.ofMinutes(6), RunPlan.Load.FULL));
            JudgedRun.assertEach(report, faults, 1);
        }
    }
}
