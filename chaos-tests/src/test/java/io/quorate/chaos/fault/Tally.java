package io.quorate.chaos.fault;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.Invariant;
import io.quorate.chaos.run.ChaosRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What all chaos tests of a build did together, line by line in {@code target/chaos-tally.tsv}: {@code .ci/chaos-tally}
 * adds it up, and fails if it is too little.
 */
final class Tally {
    private static final Path FILE = Path.of("target", "chaos-tally.tsv");

    private Tally() {}

    /** These kinds are to come up in the build. */
    static void expect(List<Fault> faults) {
        faults.forEach(fault -> line("expected", fault.kind()));
    }

    /** A run that had to be without a violation. */
    static void run(String name, Nemesis.Report report, ChaosRun run, Findings findings) {
        report.counts().forEach((kind, count) -> line("injected", kind, String.valueOf(count)));
        long violations = 0;
        for (Invariant invariant : Invariant.values()) {
            violations += findings.violations(invariant);
        }
        line(
                "run",
                name,
                String.valueOf(report.injections()),
                String.valueOf(findings.operations()),
                String.valueOf(findings.uses()),
                String.valueOf(violations));
        line("recovery", name, run.recovery().text());
    }

    /** A planted mistake that was found. */
    static void found(String name, Invariant as, Findings findings) {
        line("found", name, as.name(), String.valueOf(findings.violations(as)));
    }

    private static void line(String... fields) {
        try {
            Files.createDirectories(FILE.toAbsolutePath().getParent());
            Files.writeString(
                    FILE, String.join("\t", fields) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
