package io.quorate.chaos.sim;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Makes a failing run smaller, as long as the same invariant fails: fewer kinds of faults, then fewer events. */
final class Shrinker {
    private final Sabotage sabotage;

    Shrinker(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    /** The smallest run found that fails as this one does. */
    Simulation shrink(Simulation failing) {
        Simulation.Report first = failing.run(sabotage);
        Optional<Violation> violation = first.violation();
        if (violation.isEmpty()) {
            throw new IllegalArgumentException("the run doesn't fail: " + failing);
        }
        Invariant invariant = violation.get().invariant();
        Simulation smallest = failing;
        for (FaultKind kind : FaultKind.values()) {
            Set<FaultKind> off = EnumSet.of(kind);
            off.addAll(smallest.off());
            Simulation without = new Simulation(failing.seed(), failing.eventsMax(), off);
            smallest = fails(without, invariant) ? without : smallest;
        }
        long passes = 0;
        long fails = Math.min(smallest.eventsMax(), smallest.run(sabotage).events());
        if (!fails(with(smallest, fails), invariant)) {
            return smallest;
        }
        while (fails - passes > 1) {
            long middle = passes + (fails - passes) / 2;
            if (fails(with(smallest, middle), invariant)) {
                fails = middle;
            } else {
                passes = middle;
            }
        }
        return with(smallest, fails);
    }

    private static Simulation with(Simulation simulation, long eventsMax) {
        return new Simulation(simulation.seed(), eventsMax, simulation.off());
    }

    private boolean fails(Simulation simulation, Invariant invariant) {
        return simulation
                .run(sabotage)
                .violation()
                .filter(v -> v.invariant() == invariant)
                .isPresent();
    }
}
