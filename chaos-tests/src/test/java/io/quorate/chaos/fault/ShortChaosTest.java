package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final List<Fault> FAULTS = List.of(
            new KillFault(Victims.LEADER),
            new PauseFault("pause-leader", Victims.LEADER, 500, 1_500),
            new PartitionFault(PartitionFault.Shape.ISOLATE_LEADER),
            new TransferStorm(),
            new ClientFault(ClientFault.Kind.CLIENT_KILL),
            new ClientFault(ClientFault.Kind.CLIENT_PAUSE));

    @TempDir
    private Path directory;

    @Test
    void killsPausesAndTransfersBreakNothing() throws IOException, InterruptedException {
        long seed = Long.getLong("seed", 20_261_124L);
        try (Substrate substrate = LocalSubstrate.onLoopback(ClusterPlan.of(directory.resolve("nodes"), 3, 2))) {
            Nemesis.Report report = new ChaosRun(directory.resolve("run"), seed)
                    .check(substrate, FAULTS, FAULTS.size(), Duration.ofSeconds(60));
            assertThat(report.injections()).isPositive();
        }
    }
}
