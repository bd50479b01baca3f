package io.quorate.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.Mutations.Mutation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A legal run is never accused; each planted mistake is found in every run, as what it is. */
final class MutationsTest {
    private static final int SEEDS = 100;

    @Test
    void legalRunsAreNeverAccused() {
        long base = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + base);
        for (int i = 0; i < 2 * SEEDS; i++) {
            Findings findings = RunCheck.check(new MadeRun(base + i));
            assertThat(findings.isClean()).as(() -> "seed " + findings.text()).isTrue();
            for (Invariant judged : List.of(
                    Invariant.S1,
                    Invariant.S2,
                    Invariant.S3,
                    Invariant.S4,
                    Invariant.S5,
                    Invariant.S6,
                    Invariant.S7,
                    Invariant.S8,
                    Invariant.S9,
                    Invariant.S10,
                    Invariant.S11,
                    Invariant.S12,
                    Invariant.S16,
                    Invariant.L2,
                    Invariant.L3)) {
                assertThat(findings.checked(judged))
                        .as("%s of seed %d", judged, base + i)
                        .isPositive();
            }
        }
    }

    static List<Mutation> mutations() {
        return Mutations.all();
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void aPlantedMistakeIsFoundInEveryRun(Mutation mutation) {
        long base = Long.getLong("seed", System.nanoTime());
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < SEEDS; i++) {
            long seed = base + i;
            MadeRun run = new MadeRun(seed);
            mutation.how().plant(run, new SplittableRandom(seed));
            Findings findings = RunCheck.check(run);
            if (findings.violations(mutation.foundAs()) == 0) {
                missed.add("seed " + seed + ":\n" + findings.text());
            }
        }
        assertThat(missed).as(mutation.toString()).isEmpty();
    }
}
