package io.quorate.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Seeds of the simulation: {@code -Dseed=} is the first, {@code -Dseeds=} how many, {@code -Devents=} how many
 * events each, {@code -Dminutes=} how long at most, {@code -Deventsmin=} how many events there must be in all,
 * {@code -Doff=} kinds of faults to do without.
 */
final class SimulationTest {
    private static final long FIRST_SEED = 1;

    @Test
    void nothingIsViolated() {
        long seeds = Long.getLong("seeds", 250);
        long minutes = Long.getLong("minutes", 60);
        SimulationRunner runner = new SimulationRunner(2, Long.getLong("events", Simulation.EVENTS_DEFAULT), off());
        SimulationRunner.Summary summary =
                runner.run(Long.getLong("seed", FIRST_SEED), seeds, TimeUnit.MINUTES.toNanos(minutes));
        System.out.println(summary);
        summary.failures().stream().limit(3).forEach(failure -> SimulationRunner.explain(failure, System.out));
        assertThat(summary.failures()).isEmpty();
        long eventsMin = Long.getLong("eventsmin", 1);
        System.out.println("simulation: at least " + eventsMin + " events were asked for");
        assertThat(summary.events()).isGreaterThanOrEqualTo(eventsMin);
    }

    private static Set<FaultKind> off() {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (String name : System.getProperty("off", "").split(",")) {
            if (!name.isEmpty()) {
                kinds.add(FaultKind.valueOf(name));
            }
        }
        return kinds;
    }

    /** Other compilers, another heap and collector, other hash codes of objects: the same run. */
    @Test
    void anotherVirtualMachineMakesTheSameRuns() throws IOException, InterruptedException {
        List<String> seeds = List.of("1", "49", "404", "4711");
        StringBuilder here = new StringBuilder();
        for (String seed : seeds) {
            here.append(OtherMachine.line(Long.parseLong(seed)));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OtherMachine.class.getName()));
        command.addAll(seeds);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String there = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(there).isEqualTo(here.toString());
    }

    @Test
    void aSeedIsOneRunAndAnotherSeedAnother() {
        Simulation one = new Simulation(4711);
        assertThat(one.run().traceHash()).isEqualTo(one.run().traceHash());
        assertThat(one.run().traceHash())
                .isNotEqualTo(new Simulation(4712).run().traceHash());
    }

    @Test
    void aFailingRunIsMadeSmaller() {
        Mistake mistake = Mistake.ALL_COUNTERS_ARE_DROPPED;
        Simulation failing = new Simulation(1);
        while (failing.run(mistake).violation().isEmpty()) {
            failing = new Simulation(failing.seed() + 1);
        }
        Simulation smallest = new Shrinker(mistake).shrink(failing);
        assertThat(smallest.eventsMax()).isLessThanOrEqualTo(failing.eventsMax());
        assertThat(smallest.off().size()).isPositive();
        assertThat(smallest.run(mistake).violation()).isPresent();
        assertThat(new Simulation(smallest.seed(), smallest.eventsMax(), Set.copyOf(smallest.off()))
                        .run(mistake)
                        .traceHash())
                .isEqualTo(smallest.run(mistake).traceHash());
    }
}
