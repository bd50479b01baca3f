package io.quorate.core.algorithm;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.testing.Tries;
import org.junit.jupiter.api.Test;

final class TokenBucketProperties {
    private static final Algorithm ALGORITHM = Algorithm.TOKEN_BUCKET;

    @Test
    void decidesAsTheNaiveModelDoes() {
        Tries.run("TokenBucket", 400, random -> Comparison.underOneLimit(random, ALGORITHM));
    }

    @Test
    void keepsWhatWasUsedWhenItsLimitChanges() {
        Tries.run("TokenBucket, limits change", 200, random -> Comparison.underChangingLimits(random, ALGORITHM));
    }

    @Test
    void takesOverFromOtherAlgorithms() {
        Tries.run(
                "TokenBucket, algorithms change", 200, random -> Comparison.underChangingAlgorithms(random, ALGORITHM));
    }

    @Test
    void neverGivesMoreThanTheLimitSays() {
        Tries.run("TokenBucket, bound", 400, random -> Bounds.hold(random, RandomLimits.any(random, ALGORITHM)));
    }
}
