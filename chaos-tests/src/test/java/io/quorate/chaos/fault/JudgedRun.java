package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.Invariant;
import io.quorate.chaos.run.ChaosRun;
import io.quorate.chaos.run.RunPlan;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Load and faults on a cluster that was just started, judged by all checks, as a test has it. */
final class JudgedRun {
    /** What every run shows something of. */
    private static final List<Invariant> JUDGED = List.of(
            Invariant.S1,
            Invariant.S2,
            Invariant.S3,
            Invariant.S4,
            Invariant.S5,
            Invariant.S6,
            Invariant.S7,
            Invariant.S8,
            Invariant.S9,
            Invariant.S10,
            Invariant.S11,
            Invariant.S12,
            Invariant.S16,
            Invariant.L2,
            Invariant.L3);

    private JudgedRun() {}

    /** How much is to be done. */
    record Volume(List<Fault> faults, int injections, Duration lasting, RunPlan.Load load) {}

    /** An empty folder for the evidence; it stays until the next such run, or {@code mvn clean}. */
    static Path folder(String name) throws IOException {
        Path folder = Path.of("target", "chaos-runs", name).toAbsolutePath();
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(folder);
    }

    /**
     * Does it all, and fails if anything is wrong; doesn't close the cluster. If the evidence is clean, the dumps of
     * the logs are removed, which are the most of it.
     */
    static Nemesis.Report check(String name, Substrate cluster, long seed, Volume volume) throws IOException {
        Path folder = folder(name);
        Tally.expect(volume.faults().stream()
                .filter(f -> cluster.nodes().size() >= f.nodesMin())
                .toList());
        Nemesis.Report report;
        Findings findings;
        try (ChaosRun run = ChaosRun.start(cluster, new RunPlan(folder, seed, volume.load()))) {
            run.awaitDecided(500);
            report = run.inject(volume.faults(), volume.injections(), volume.lasting());
            if (run.troubles().isEmpty()) {
                run.awaitDecided(500);
            }
            findings = run.finish();
            Tally.run(name, report, run, findings);
            System.out.println(findings.text());
            assertThat(run.troubles()).isEmpty();
        }
        assertThat(findings.isClean()).as(findings.text()).isTrue();
        for (Invariant judged : JUDGED) {
            assertThat(findings.checked(judged)).as(judged.toString()).isPositive();
        }
        assertThat(Files.readString(folder.resolve("index.html")))
                .contains("<svg", "no violation", "Recovery", "Faults")
                .doesNotContain("<script", "src=", "NaN");
        assertThat(folder.resolve("nodes")).isNotEmptyDirectory();
        removeDumps(folder.resolve("dumps"));
        return report;
    }

    /** Each of these kinds came up, as often as that. */
    static void assertEach(Nemesis.Report report, List<Fault> faults, int atLeast) {
        assertThat(report.skipped()).isEmpty();
        Map<String, Integer> counts = report.counts();
        assertThat(faults)
                .allSatisfy(f -> assertThat(counts.getOrDefault(f.kind(), 0))
                        .as("%s of %s", f.kind(), counts)
                        .isGreaterThanOrEqualTo(atLeast));
    }

    private static void removeDumps(Path dumps) throws IOException {
        try (Stream<Path> files = Files.list(dumps)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
