package io.quorate.client.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesWithinItsBounds() {
        Random random = new Random(7);
        for (int round = 0; round < 1000; round++) {
            Backoff backoff = new Backoff(10, 200, random);
            long range = 20;
            for (int i = 0; i < 40; i++) {
                assertThat(backoff.nextNanos()).isBetween(Math.max(10, range / 2), range);
                range = Math.min(200, 2 * range);
            }
            backoff.reset();
            assertThat(backoff.nextNanos()).isBetween(10L, 20L);
        }
    }

    @Test
    void spreadsThoseThatFailedTogether() {
        Random random = new Random(7);
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            waits.add(Backoff.jittered(1_000_000, 200_000_000, 4, random));
        }
        assertThat(waits).hasSizeGreaterThan(90);
    }

    @Test
    void neverPassesTheLongestWait() {
        for (int tries = 0; tries < 100; tries++) {
            assertThat(Backoff.jittered(Long.MAX_VALUE / 4, Long.MAX_VALUE / 2, tries, new Random(tries)))
                    .isBetween(Long.MAX_VALUE / 4, Long.MAX_VALUE / 2);
            assertThat(Backoff.jittered(5, 5, tries, new Random(tries))).isEqualTo(5);
        }
    }
}
