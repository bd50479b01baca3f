package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.DiskControl;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes that the chaos runs are there to find are found on real processes, by the same load, faults and checks; else
 * that nothing is found elsewhere would mean nothing.
 */
@Timeout(600)
final class NegativeControlIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("seed", 20_261_124L);

    /** Disks say that they have written what they haven't, and all lose power. */
    @Test
    void aLostFsync() throws IOException, InterruptedException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan());
                ClusterView view = ClusterView.open(substrate, LONG)) {
            view.awaitWhole(LONG);
            try (Load load = new Load(substrate, view, folder(), seed)) {
                load.awaitGrants(200);
                substrate.nodes().forEach(n -> n.disk().syncs(DiskControl.Syncs.LIE));
                load.awaitGrants(1_000);
                substrate.nodes().forEach(n -> n.disk().losePower());
                substrate.nodes().forEach(n -> {
                    n.disk().syncs(DiskControl.Syncs.WORK);
                    n.start();
                });
                view.awaitWhole(LONG);
                assertThat(load.violations())
                        .anySatisfy(found -> assertThat(found).startsWith("S"));
            }
        }
    }

    /** Repeats of a request, whose first answer was lost on its way, are charged again. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void aSkippedDedupe() throws IOException, InterruptedException {
        assertThat(found(
                        PlantedMistake.SKIPPED_DEDUPE,
                        List.of(new PartitionFault(PartitionFault.Shape.ANSWERS), new KillFault(Victims.LEADER))))
                .anySatisfy(found -> assertThat(found).startsWith("S4"));
    }

    /** What a client that was killed had spent of its lease and not reported isn't charged. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void aForgottenLease() throws IOException, InterruptedException {
        assertThat(found(
                        PlantedMistake.FORGOTTEN_LEASE,
                        List.of(
                                new ClientFault(ClientFault.Kind.CLIENT_KILL),
                                new ClientFault(ClientFault.Kind.CLIENT_HOARDER))))
                .anySatisfy(found -> assertThat(found).startsWith("S3"));
    }

    private List<String> found(PlantedMistake mistake, List<Fault> faults) throws IOException, InterruptedException {
        Path classes = mistake.compile(directory.resolve("mistake"));
        try (Substrate substrate = LocalSubstrate.onLoopback(plan().with(classes))) {
            ChaosRun run = new ChaosRun(folder(), seed);
            List<String> found =
                    run.run(substrate, faults, 6, Duration.ofMinutes(2)).violations();
            run.say(mistake.wrong() + ": " + found.stream().limit(5).toList());
            return found;
        }
    }

    private ClusterPlan plan() {
        return ClusterPlan.of(directory.resolve("nodes"), 3, 2);
    }

    private Path folder() throws IOException {
        return Files.createDirectories(directory.resolve("run"));
    }
}
