package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.testing.Tries;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However clients and network behave, what is used by leases and acquires together stays within the limit. */
final class LedgerProperties {
    private static final int TRIES = 60;

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "CONCURRENCY", mode = EnumSource.Mode.EXCLUDE)
    void whatIsUsedStaysWithinTheLimit(Algorithm algorithm) {
        Tries.run("Leases, " + algorithm, TRIES, random -> {
            LeaseWorld world = new LeaseTraffic(random, algorithm, LeaseArithmetic.EXACT, LeaseHolder::new).run(false);
            assertThat(world.used()).isPositive();
            assertThat(world.excess()).isLessThanOrEqualTo(0);
        });
    }

    /** After a change, what was out then may be used beside the new limit, and nothing else. */
    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "CONCURRENCY", mode = EnumSource.Mode.EXCLUDE)
    void andWhenTheLimitChanges(Algorithm algorithm) {
        Tries.run(
                "Leases, limits change from " + algorithm,
                TRIES / 2,
                random -> assertThat(new LeaseTraffic(random, algorithm, LeaseArithmetic.EXACT, LeaseHolder::new)
                                .run(true)
                                .excess())
                        .isLessThanOrEqualTo(0));
    }
}
