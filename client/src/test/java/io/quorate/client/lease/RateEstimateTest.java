package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.core.testing.Tries;
import org.junit.jupiter.api.Test;

/** The estimate follows a steady rate closely, a change quickly, and chance not at all. */
class RateEstimateTest {
    private static final long TICK = 50_000_000L;

    private static long poisson(java.util.Random random, double mean) {
        double left = Math.exp(-mean);
        long count = -1;
        double product = 1;
        do {
            count++;
            product *= random.nextDouble();
        } while (product > left);
        return count;
    }

    @Test
    void aSteadyRateIsFoundDespiteChance() {
        Tries.run("rate estimate", 50, random -> {
            double rate = 1 + random.nextInt(400);
            RateEstimate estimate = new RateEstimate(0.5, 0);
            long now = 0;
            long total = 0;
            for (int i = 0; i < 600; i++) {
                now += TICK;
                total += poisson(random, rate / 20);
                estimate.observe(now, total);
            }
            // The slow window is 20 * 1/6 s; five of its deviations.
            assertThat(estimate.perSecond())
                    .isCloseTo(rate, within(5 * Math.sqrt((rate + 0.3) / (2 * 20.0 / 6)) + 0.5));
            assertThat(estimate.peakPerSecond()).isGreaterThan(rate * 0.5 - 5);
        });
    }

    @Test
    void aJumpIsFollowedAtOnceByTheFastWindow() {
        RateEstimate estimate = new RateEstimate(0.5, 0);
        long now = 0;
        long total = 0;
        for (int i = 0; i < 600; i++) {
            now += TICK;
            total += 5;
            estimate.observe(now, total);
        }
        assertThat(estimate.perSecond()).isCloseTo(100, within(1.0));
        for (int i = 0; i < 20; i++) {
            now += TICK;
            total += 50;
            estimate.observe(now, total);
        }
        assertThat(estimate.perSecond()).isGreaterThan(800);
        for (int i = 0; i < 40; i++) {
            now += TICK;
            estimate.observe(now, total);
        }
        assertThat(estimate.perSecond()).isLessThan(20);
        assertThat(estimate.peakPerSecond()).isGreaterThan(700);
    }

    @Test
    void theIntervalsOfTheTicksDoNotMatter() {
        RateEstimate fine = new RateEstimate(0.5, 0);
        RateEstimate coarse = new RateEstimate(0.5, 0);
        for (int i = 1; i <= 100; i++) {
            fine.observe(i * TICK, i * 7L);
            if (i % 4 == 0) {
                coarse.observe(i * TICK, i * 7L);
            }
        }
        assertThat(coarse.perSecond()).isCloseTo(fine.perSecond(), within(1e-6));
    }
}
