package io.quorate.chaos.sim;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * One run of the simulation.
 *
 * @param seed from which everything follows
 * @param eventsMax about how many events it may have
 * @param off kinds of faults that it must do without, though the seed drew them
 */
public record Simulation(long seed, long eventsMax, Set<FaultKind> off) {
    public static final long EVENTS_DEFAULT = 20_000;

    public Simulation {
        if (eventsMax < 1) {
            throw new IllegalArgumentException("a run has events");
        }
        off = off.isEmpty() ? Set.of() : EnumSet.copyOf(off);
    }

    public Simulation(long seed) {
        this(seed, EVENTS_DEFAULT, Set.of());
    }

    /**
     * What came of a run.
     *
     * @param events that happened
     * @param simulatedNanos how long they took in simulated time
     * @param decisions that callers got
     * @param localDecisions of those that clients made by themselves
     * @param installs of snapshots
     * @param traceHash equal for equal seeds, bounds and code
     */
    public record Report(
            long events,
            long simulatedNanos,
            long decisions,
            long localDecisions,
            long installs,
            long traceHash,
            Optional<Violation> violation) {}

    public Report run() {
        return run(Sabotage.NONE);
    }

    Report run(Sabotage sabotage) {
        World world = new World(seed, off, sabotage);
        Optional<Violation> violation = world.run(eventsMax);
        return new Report(
                world.agenda.events(),
                world.agenda.nowNanos(),
                world.checks.decisions(),
                world.checks.localDecisions(),
                world.checks.installs(),
                world.agenda.traceHash(),
                violation);
    }

    /** What the seed draws, for people. */
    public String describe() {
        return new World(seed, off, Sabotage.NONE).swarm.toString();
    }

    @Override
    public String toString() {
        return "-Dseed=" + seed + " -Devents=" + eventsMax + (off.isEmpty() ? "" : " -Doff=" + names());
    }

    private String names() {
        return String.join(",", off.stream().map(Enum::name).toList());
    }
}
