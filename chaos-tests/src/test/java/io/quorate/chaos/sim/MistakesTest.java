package io.quorate.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The simulation finds every planted mistake. {@code -Dseed=} begins at another seed. */
final class MistakesTest {
    /** Within so many seeds each is found. */
    private static final int SEEDS_MAX = 2_000;

    private static final long EVENTS = 20_000;

    @Test
    void everyMistakeIsFound() {
        long from = Long.getLong("seed", 1);
        Map<Mistake, Integer> found = new EnumMap<>(Mistake.class);
        List<Mistake> missed = new ArrayList<>();
        for (Mistake mistake : Mistake.values()) {
            int seeds = 0;
            Violation violation = null;
            while (violation == null && seeds < SEEDS_MAX) {
                Simulation simulation = new Simulation(from + seeds, EVENTS, Set.of());
                violation = simulation.run(mistake).violation().orElse(null);
                seeds++;
            }
            if (violation == null) {
                missed.add(mistake);
            } else {
                found.put(mistake, seeds);
                System.out.println(mistake + ": " + violation.invariant() + " after " + seeds + " seeds");
            }
        }
        List<Integer> counts = new ArrayList<>(found.values());
        Collections.sort(counts);
        System.out.println("planted mistakes: " + found.size() + " of " + Mistake.values().length + " found, median "
                + counts.get(counts.size() / 2) + " seeds, most " + counts.get(counts.size() - 1) + ", -Dseed=" + from);
        assertThat(missed).as("not found within %s seeds", SEEDS_MAX).isEmpty();
        assertThat(Mistake.values()).hasSize(21);
    }
}
