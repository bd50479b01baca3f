package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

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
    void everyKindOfPartition() throws IOException, InterruptedException {
        Needed.here("containers", ContainerSubstrate.lacking());
        long seed = Long.getLong("seed", 20_261_124L);
        List<Fault> faults = new ArrayList<>(Faults.all().stream()
                .filter(f -> f.kind().startsWith("partition-"))
                .toList());
        faults.add(new KillFault(Victims.LEADER));
        faults.add(new PauseFault("pause-leader", Victims.LEADER, 100, 1_500));
        faults.add(new LinkFault(LinkFault.Kind.LOSS));
        faults.add(new LinkFault(LinkFault.Kind.DELAY));
        faults.add(new ClockFault(false));
        faults.add(new PowerLossFault(Victims.LEADER));
        try (Substrate substrate = ContainerSubstrate.start(ClusterPlan.of(directory.resolve("nodes"), 5, 2))) {
            Nemesis.Report report = new ChaosRun(directory.resolve("run"), seed)
                    .check(substrate, faults, faults.size(), Duration.ofMinutes(5));
            assertThat(report.counts()).hasSize(faults.size());
            assertThat(report.skipped()).isEmpty();
        }
    }
}
