package io.quorate.core.algorithm;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.testing.Tries;
import org.junit.jupiter.api.Test;

final class GcraProperties {
    private static final Algorithm ALGORITHM = Algorithm.GCRA;

    @Test
    void decidesAsTheNaiveModelDoes() {
        Tries.run("Gcra", 400, random -> Comparison.underOneLimit(random, ALGORITHM));
    }

    @Test
    void keepsWhatWasUsedWhenItsLimitChanges() {
        Tries.run("Gcra, limits change", 200, random -> Comparison.underChangingLimits(random, ALGORITHM));
    }

    @Test
    void takesOverFromOtherAlgorithms() {
        Tries.run("Gcra, algorithms change", 200, random -> Comparison.underChangingAlgorithms(random, ALGORITHM));
    }

    @Test
    void neverGivesMoreThanTheLimitSays() {
        Tries.run("Gcra, bound", 400, random -> Bounds.hold(random, RandomLimits.any(random, ALGORITHM)));
    }
}
