package io.quorate.core.algorithm;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.testing.Tries;
import org.junit.jupiter.api.Test;

final class ConcurrencyProperties {
    private static final Algorithm ALGORITHM = Algorithm.CONCURRENCY;

    @Test
    void decidesAsTheNaiveModelDoes() {
        Tries.run("Concurrency", 400, random -> Comparison.underOneLimit(random, ALGORITHM));
    }

    @Test
    void keepsWhatWasUsedWhenItsLimitChanges() {
        Tries.run("Concurrency, limits change", 200, random -> Comparison.underChangingLimits(random, ALGORITHM));
    }

    @Test
    void takesOverFromOtherAlgorithms() {
        Tries.run(
                "Concurrency, algorithms change", 200, random -> Comparison.underChangingAlgorithms(random, ALGORITHM));
    }

    @Test
    void neverGivesMoreThanTheLimitSays() {
        Tries.run("Concurrency, bound", 400, random -> Bounds.hold(random, RandomLimits.any(random, ALGORITHM)));
    }
}
