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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to nodes, network, disks, clocks and clients: no limit is passed, no grant is lost or counted twice,
 * replicas agree, and the cluster is whole again when all is healed.
 *
 * <p>{@code -Dchaos.injections=N} and {@code -Dchaos.minutes=N} make the long run longer or shorter; {@code
 * -Dchaos.all}
 * adds what takes longer than CI has: all of it on loopback, partitions of five nodes in namespaces, and failpoints.
 */
@Timeout(10_800)
final class ChaosIT {
    @TempDir
    private Path directory;

    private final long seed = Long.getLong("seed", 20_261_124L);

    /** Every kind of fault that any machine can have, without root. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void onLoopback() throws IOException, InterruptedException {
        try (Substrate substrate = LocalSubstrate.onLoopback(plan(3))) {
            Nemesis.Report report = run().check(substrate, Faults.all(), 24, Duration.ofMinutes(3));
            assertThat(report.counts()).hasSizeGreaterThanOrEqualTo(12);
        }
    }

    /** Every kind of fault, where there are namespaces, thus root. */
    @Test
    void inNamespaces() throws IOException, InterruptedException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        int injections = Integer.getInteger("chaos.injections", 140);
        Duration lasting = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 10));
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan(3))) {
            Nemesis.Report report = run().check(substrate, Faults.all(), injections, lasting);
            assertThat(report.counts()).hasSizeGreaterThanOrEqualTo(18);
        }
    }

    /** Each kind of partition of five nodes. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void partitionsOfFive() throws IOException, InterruptedException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        List<Fault> partitions = Faults.all().stream()
                .filter(f -> f.kind().startsWith("partition-"))
                .toList();
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan(5))) {
            Nemesis.Report report = run().check(substrate, partitions, partitions.size(), Duration.ofMinutes(3));
            assertThat(report.counts()).hasSize(partitions.size());
        }
    }

    /** Nodes that end, wait or fail at each place in their code that is prepared for it. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void failpoints() throws IOException, InterruptedException {
        try (Substrate substrate = LocalSubstrate.onLoopback(plan(3))) {
            int places = Faults.failpoints().size();
            Nemesis.Report report = run().check(substrate, Faults.failpoints(), places, Duration.ofMinutes(8));
            assertThat(report.counts()).hasSize(places);
        }
    }

    private ChaosRun run() {
        return new ChaosRun(directory.resolve("run"), seed);
    }

    private ClusterPlan plan(int nodes) {
        return ClusterPlan.of(directory.resolve("nodes"), nodes, 2);
    }
}
