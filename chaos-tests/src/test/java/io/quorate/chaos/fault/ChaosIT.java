package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.quorate.chaos.history.History;
import io.quorate.chaos.substrate.ClusterPlan;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.LocalSubstrate;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to nodes, network, disks, clocks and clients: no limit is passed, no grant is lost or counted twice,
 * replicas agree, and the cluster is whole again when all is healed.
 */
@Timeout(1_200)
final class ChaosIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("seed", 20_261_124L);
    private final long startNanos = System.nanoTime();

    /** Every kind of fault that this machine can have on loopback, without root. */
    @Test
    void onLoopback() throws IOException, InterruptedException {
        Nemesis.Report report = run(
                LocalSubstrate.onLoopback(ClusterPlan.of(directory.resolve("nodes"), 3, 2)),
                Integer.getInteger("chaos.loopback.injections", 30));
        assertThat(report.counts()).containsKey("kill-leader");
    }

    /** Every kind of fault, where there are namespaces, thus root. */
    @Test
    void inNamespaces() throws IOException, InterruptedException {
        assumeThat(LocalSubstrate.lacksNamespaces()).isEmpty();
        Nemesis.Report report = run(
                LocalSubstrate.inNamespaces(ClusterPlan.of(directory.resolve("nodes"), 3, 2)),
                Integer.getInteger("chaos.injections", 140));
        assertThat(report.counts()).hasSizeGreaterThanOrEqualTo(18);
    }

    private Nemesis.Report run(Substrate started, int injections) throws IOException, InterruptedException {
        say("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        Path folder = Files.createDirectories(directory.resolve("run"));
        try (Substrate substrate = started;
                ClusterView view = ClusterView.open(substrate, LONG)) {
            say(substrate.name());
            view.awaitWhole(LONG);
            try (Load load = new Load(substrate, view, folder, seed);
                    History history = History.create(folder)) {
                history.note("seed", String.valueOf(seed));
                Scene scene = new Scene(substrate, view, Optional.of(load.spenders()), seed, this::say);
                Nemesis nemesis = new Nemesis(
                        scene, history, new Nemesis.Plan(Faults.all(), injections, Duration.ofMinutes(15), LONG, seed));
                Nemesis.Report report = nemesis.run();
                List<String> wrong = load.violations();
                say(report.text());
                say(load.text());
                assertThat(wrong).isEmpty();
                assertThat(load.grants()).isGreaterThan(100);
                return report;
            }
        }
    }

    private void say(String what) {
        System.out.printf("%7d ms: %s%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos), what);
    }
}
