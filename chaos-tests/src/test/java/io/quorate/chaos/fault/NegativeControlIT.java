package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.Invariant;
import io.quorate.chaos.run.ChaosRun;
import io.quorate.chaos.run.RunPlan;
import io.quorate.chaos.substrate.ClusterPlan;
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
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes that the chaos runs are there to find are found on real processes, by the same load, faults and checks, and
 * as what they are; else that nothing is found elsewhere would mean nothing.
 */
@Timeout(600)
final class NegativeControlIT {
    /** Far more than what is decided again once all have come back. */
    private static final int LIED_ABOUT = 8_000;

    @TempDir
    private Path directory;

    /** Disks say that they have written what they haven't, and all lose power: what was acknowledged is lost. */
    @Test
    void aLostFsync() throws IOException {
        Needed.here("namespaces", LocalSubstrate.lacksNamespaces());
        try (Substrate substrate = LocalSubstrate.inNamespaces(plan());
                ChaosRun run = start("lost-fsync", substrate)) {
            substrate.nodes().forEach(n -> n.disk().syncs(DiskControl.Syncs.LIE));
            run.awaitDecided(LIED_ABOUT);
            substrate.nodes().forEach(n -> n.disk().losePower());
            substrate.nodes().forEach(n -> {
                n.disk().syncs(DiskControl.Syncs.WORK);
                n.start();
            });
            assertFound("lost-fsync", run, Invariant.S7);
        }
    }

    /** Repeats of a request are charged again: copies that went to another node, and ones sent long after. */
    @Test
    void aSkippedDedupe() throws IOException {
        found(
                "skipped-dedupe",
                PlantedMistake.SKIPPED_DEDUPE,
                Faults.of("partition-answers", "client-duplicates"),
                Invariant.S4);
    }

    /** What a client that was killed had spent of its lease and not reported isn't charged. */
    @Test
    void aForgottenLease() throws IOException {
        found("forgotten-lease", PlantedMistake.FORGOTTEN_LEASE, Faults.of("client-kill"), Invariant.S3);
    }

    private void found(String name, PlantedMistake mistake, List<Fault> faults, Invariant as) throws IOException {
        Path classes = mistake.compile(directory.resolve("mistake"));
        try (Substrate substrate = LocalSubstrate.onLoopback(plan().with(classes));
                ChaosRun run = start(name, substrate)) {
            var unused = run.inject(faults, 3, Duration.ofMinutes(2));
            assertFound(name, run, as);
        }
    }

    private static ChaosRun start(String name, Substrate substrate) throws IOException {
        Path folder = JudgedRun.folder("control-" + name);
        ChaosRun run =
                ChaosRun.start(substrate, new RunPlan(folder, Long.getLong("seed", 20_261_124L), RunPlan.Load.LIGHT));
        run.awaitDecided(500);
        return run;
    }

    private static void assertFound(String name, ChaosRun run, Invariant as) {
        Findings findings = run.finish();
        run.say(name + ": " + findings.violations().stream().limit(5).toList());
        assertThat(findings.violations(as)).as(findings.text()).isPositive();
        Tally.found(name, as, findings);
    }

    private ClusterPlan plan() throws IOException {
        return ClusterPlan.of(Files.createDirectories(directory.resolve("nodes")), 3, 2);
    }
}
