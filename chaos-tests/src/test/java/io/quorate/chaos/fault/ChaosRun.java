package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.history.History;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.Substrate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Load and faults on a cluster, and the checks of what came of it. */
final class ChaosRun {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Path folder;
    private final long seed;
    private final long startNanos = System.nanoTime();

    /**
     * A run to be.
     *
     * @param folder of its history and of the clients' logs; made if it isn't there
     */
    ChaosRun(Path folder, long seed) {
        this.folder = folder;
        this.seed = seed;
    }

    /** What was done, and whatever is wrong. */
    record Outcome(Nemesis.Report report, List<String> violations) {}

    /** Does it all, on a cluster that was just started; fails if anything is wrong. Doesn't close the cluster. */
    Nemesis.Report check(Substrate substrate, List<Fault> faults, int injections, Duration lasting)
            throws IOException, InterruptedException {
        Outcome outcome = run(substrate, faults, injections, lasting);
        assertThat(outcome.violations()).isEmpty();
        return outcome.report();
    }

    /** The same; gives what is wrong. */
    Outcome run(Substrate substrate, List<Fault> faults, int injections, Duration lasting)
            throws IOException, InterruptedException {
        say("seed " + seed + " (repeat with -Dseed=" + seed + ") on " + substrate.name());
        Files.createDirectories(folder);
        try (ClusterView view = ClusterView.open(substrate, LONG)) {
            view.awaitWhole(LONG);
            try (Load load = new Load(substrate, view, folder, seed);
                    History history = History.create(folder)) {
                history.note("seed", String.valueOf(seed));
                load.awaitGrants(100);
                Scene scene = new Scene(substrate, view, Optional.of(load.spenders()), seed, this::say);
                Nemesis.Report report =
                        new Nemesis(scene, history, new Nemesis.Plan(faults, injections, lasting, LONG, seed)).run();
                load.awaitGrants(100);
                List<String> violations = load.violations();
                say(report.text());
                say(load.text());
                return new Outcome(report, violations);
            }
        }
    }

    void say(String what) {
        System.out.printf("%7d ms: %s%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos), what);
    }
}
