package io.quorate.core.algorithm;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.testing.Tries;
import org.junit.jupiter.api.Test;

final class FixedWindowProperties {
    private static final Algorithm ALGORITHM = Algorithm.FIXED_WINDOW;

    @Test
    void decidesAsTheNaiveModelDoes() {
        Tries.run("FixedWindow", 400, random -> Comparison.underOneLimit(random, ALGORITHM));
    }

    @Test
    void keepsWhatWasUsedWhenItsLimitChanges() {
        Tries.run("FixedWindow, limits change", 200, random -> Comparison.underChangingLimits(random, ALGORITHM));
    }

    @Test
    void takesOverFromOtherAlgorithms() {
        Tries.run(
                "FixedWindow, algorithms change", 200, random -> Comparison.underChangingAlgorithms(random, ALGORITHM));
    }

    @Test
    void neverGivesMoreThanTheLimitSays() {
        Tries.run("FixedWindow, bound", 400, random -> Bounds.hold(random, RandomLimits.any(random, ALGORITHM)));
    }
}
