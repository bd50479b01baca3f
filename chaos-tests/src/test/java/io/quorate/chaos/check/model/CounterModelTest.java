package io.quorate.chaos.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.model.NaiveModel;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fast models against core's naive ones, which are lists of events and unbounded numbers. */
final class CounterModelTest {
    private static final int SCHEDULES = 400;
    private static final int STEPS = 60;

    private record Grant(long sequence, long cost, long atMillis) {}

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void sayWhatTheNaiveModelsSay(Algorithm algorithm) {
        long base = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + base);
        long denied = 0;
        for (int i = 0; i < SCHEDULES; i++) {
            denied += compare(new SplittableRandom(base + i), algorithm, "-Dseed=" + (base + i));
        }
        assertThat(denied).as("limits were met").isGreaterThan(SCHEDULES);
    }

    private static long compare(SplittableRandom random, Algorithm algorithm, String seed) {
        Limit limit = limit(random, algorithm);
        CounterModel fast = CounterModel.of(limit);
        NaiveModel naive = NaiveModel.of(limit);
        List<Grant> grants = new ArrayList<>();
        long now = random.nextLong(2_000_000_000_000L);
        long denied = 0;
        for (int step = 0; step < STEPS; step++) {
            now += random.nextInt(3) == 0 ? 0 : random.nextLong(1 + limit.periodMillis() / 4);
            String at = seed + " step " + step + " under " + limit;
            if (random.nextInt(12) == 0) {
                limit = limit(random, random.nextInt(3) == 0 ? any(random) : limit.algorithm());
                fast = fast.adopt(limit, now);
                naive = naive.adopt(limit, now);
                grants.clear();
            } else if (!grants.isEmpty() && random.nextInt(4) == 0) {
                Grant grant = grants.remove(random.nextInt(grants.size()));
                long count = 1 + random.nextLong(grant.cost());
                assertThat(fast.refund(now, count, grant.atMillis(), 1, grant.sequence()))
                        .as(at)
                        .isEqualTo(naive.refund(now, count, grant.atMillis(), new ChargeId(1, grant.sequence())));
            } else {
                denied += acquire(random, fast, naive, grants, now, step, at);
            }
            assertThat(fast.used(now)).as(at).isEqualTo(naive.used(now));
        }
        return denied;
    }

    private static long acquire(
            SplittableRandom random,
            CounterModel fast,
            NaiveModel naive,
            List<Grant> grants,
            long now,
            int step,
            String at) {
        long cost = 1 + random.nextLong(random.nextInt(5) == 0 ? fast.limit().capacity() + 2 : 3);
        boolean fits = fast.fits(now, cost);
        NaiveModel.Answer answer = naive.acquire(now, cost, new ChargeId(1, step + 1L));
        assertThat(fits).as(at).isEqualTo(answer.allowed());
        if (fits) {
            fast.take(now, cost, 1, step + 1L);
            grants.add(new Grant(step + 1L, cost, now));
        } else {
            assertThat(fast.isLeastRetry(now, cost, answer.retryAfterMillis()))
                    .as("%s retry after %d", at, answer.retryAfterMillis())
                    .isTrue();
            assertThat(fast.isLeastRetry(now, cost, answer.retryAfterMillis() + 1))
                    .as(at)
                    .isFalse();
        }
        assertThat(fast.remaining(now)).as(at).isEqualTo(answer.remaining());
        assertThat(fast.isLeastReset(now, answer.resetAfterMillis())).as(at).isTrue();
        assertThat(fast.isLeastReset(now, answer.resetAfterMillis() + 1)).as(at).isFalse();
        return fits ? 0 : 1;
    }

    private static Algorithm any(SplittableRandom random) {
        return Algorithm.values()[random.nextInt(Algorithm.values().length)];
    }

    private static Limit limit(SplittableRandom random, Algorithm algorithm) {
        long amount = 1 + random.nextLong(12);
        long period = 1 + random.nextLong(random.nextBoolean() ? 50 : 100_000);
        boolean bucket = algorithm == Algorithm.GCRA || algorithm == Algorithm.TOKEN_BUCKET;
        return new Limit(algorithm, amount, period, bucket ? 1 + random.nextLong(12) : amount);
    }
}
