package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to nodes, network, disks, clocks and clients: every answer is the one that had to be given, no limit
 * is passed, nothing acknowledged is lost, replicas agree, and the cluster is whole again when all is healed.
 *
 * <p>{@code -Dchaos.injections=N} and {@code -Dchaos.minutes=N} make the long run longer or shorter; {@code
 * -Dchaos.all} adds all of it on loopback, and partitions of five nodes in namespaces.
 */
@Timeout(10_800)
final class ChaosIT {
    @TempDir
    private Path directory;

    private final long seed = Long.getLong("seed", 20_261_124L);

    /** Every kind of fault that any machine can have, without root. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void onLoopback() throws IOException {
        try (Substrate substrate = LocalSubstrate.onLoopback(plan(3))) {
            List<Fault> faults = possible(Faults.all(), substrate);
            Nemesis.Report report = JudgedRun.check(
                    "loopback",
                    substrate,
                    seed,
                    new JudgedRun.Volume(faults, faults.size(), Duration.ofMinutes(6), RunPlan.Load.FULL));
            JudgedRun.assertEach(report, faults, 1);
        }
    }

    /** Every kind of fault, where there are namespaces, thus root. */
    @Test
    void inNamespaces() throws IOException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        int injections = Integer.getInteger("chaos.injections", 90);
        Duration lasting = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 12));
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan(3))) {
            List<Fault> faults = possible(Faults.all(), substrate);
            Nemesis.Report report = JudgedRun.check(
                    "namespaces",
                    substrate,
                    seed,
                    new JudgedRun.Volume(faults, injections, lasting, RunPlan.Load.FULL));
            JudgedRun.assertEach(report, faults, 1);
            assertThat(report.injections()).isGreaterThanOrEqualTo(Math.min(injections, 90));
        }
    }

    /** Each kind of partition of five nodes. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.all", matches = "|true")
    void partitionsOfFive() throws IOException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        List<Fault> partitions = Faults.all().stream()
                .filter(f -> f.kind().startsWith("partition-"))
                .toList();
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan(5))) {
            Nemesis.Report report = JudgedRun.check(
                    "partitions-of-five",
                    substrate,
                    seed,
                    new JudgedRun.Volume(partitions, partitions.size(), Duration.ofMinutes(5), RunPlan.Load.FULL));
            JudgedRun.assertEach(report, partitions, 1);
        }
    }

    /** Nodes that end, wait or fail at each place in their code that is prepared for it. */
    @Test
    void failpoints() throws IOException {
        try (Substrate substrate = LocalSubstrate.onLoopback(plan(3))) {
            List<Fault> places = Faults.failpoints();
            Nemesis.Report report = JudgedRun.check(
                    "failpoints",
                    substrate,
                    seed,
                    new JudgedRun.Volume(places, places.size(), Duration.ofMinutes(8), RunPlan.Load.FULL));
            JudgedRun.assertEach(report, places, 1);
        }
    }

    private static List<Fault> possible(List<Fault> faults, Substrate substrate) {
        return faults.stream()
                .filter(f -> substrate.nodes().size() >= f.nodesMin())
                .filter(f -> f.needs().stream().allMatch(a -> substrate.lacks(a).isEmpty()))
                .toList();
    }

    private ClusterPlan plan(int nodes) {
        return ClusterPlan.of(directory.resolve("nodes"), nodes, 2);
    }
}
