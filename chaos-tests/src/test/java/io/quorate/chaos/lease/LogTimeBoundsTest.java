package io.quorate.chaos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.lease.LogTimeBounds.Worst;
import io.quorate.chaos.lease.LogTimes.Probe;
import io.quorate.chaos.lease.LogTimes.Timed;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the checks of uses by log time find, and that they accuse nobody who kept to the limit. */
class LogTimeBoundsTest {
    private static Optional<Worst> worst(Limit limit, List<Timed> uses) {
        return switch (limit.algorithm()) {
            case FIXED_WINDOW -> LogTimeBounds.fixedWindow(limit, uses);
            case SLIDING_WINDOW -> LogTimeBounds.slidingWindow(limit, uses);
            case SLIDING_LOG -> LogTimeBounds.slidingLog(limit, uses);
            default -> throw new IllegalArgumentException(limit.toString());
        };
    }

    /** A greedy user of the product's own meter reaches the limit and never passes it; one token more is found. */
    @ParameterizedTest
    @EnumSource(names = {"FIXED_WINDOW", "SLIDING_WINDOW", "SLIDING_LOG"})
    void oneTokenTooManyIsFoundAndNoneIsWithin(Algorithm algorithm) {
        long seed = Long.getLong("seed", 20_261_124L);
        System.out.println("LogTimeBounds: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 100; run++) {
            Limit limit = Limit.of(algorithm, 1 + random.nextInt(60), 1000);
            Meter meter = Meter.of(limit);
            CounterState state = CounterState.Fresh.INSTANCE;
            List<Timed> uses = new ArrayList<>();
            long now = 1_000_000 + random.nextInt(5000);
            for (int i = 0; i < 400; i++) {
                now += random.nextInt(8) == 0 ? random.nextInt(1200) : random.nextInt(40);
                long cost = 1 + random.nextInt(3);
                Verdict verdict = meter.acquire(state, now, cost, new ChargeId(1, i + 1));
                if (verdict.allowed()) {
                    state = verdict.next();
                    long early = random.nextInt(3) == 0 ? random.nextInt(50) : 0;
                    long late = random.nextInt(3) == 0 ? random.nextInt(50) : 0;
                    uses.add(new Timed(now - early, now + late, cost));
                }
            }
            assertThat(worst(limit, uses).orElseThrow().overMilli())
                    .as("%s, run %s", limit, run)
                    .isLessThanOrEqualTo(0);
            long window = (now / 1000 + 5) * 1000;
            for (int i = 0; i < limit.amount(); i++) {
                uses.add(new Timed(window + 10, window + 990, 1));
            }
            assertThat(worst(limit, uses).orElseThrow().overMilli()).isLessThanOrEqualTo(0);
            uses.add(new Timed(window + 10, window + 990, 1));
            assertThat(worst(limit, uses).orElseThrow().overMilli()).isEqualTo(1000);
        }
    }

    @Test
    void theWindowBeforeWeighsAsMuchAsIsLeftOfIt() {
        Limit limit = Limit.of(Algorithm.SLIDING_WINDOW, 100, 1000);
        List<Timed> uses = new ArrayList<>(List.of(new Timed(500, 600, 100), new Timed(1_250, 1_250, 25)));
        assertThat(worst(limit, uses).orElseThrow().overMilli()).isZero();
        uses.add(new Timed(1_251, 1_254, 1));
        assertThat(worst(limit, uses).orElseThrow().overMilli()).isEqualTo(600);
    }

    @Test
    void aSpanOfTheLogIsLessThanItsPeriod() {
        Limit limit = Limit.of(Algorithm.SLIDING_LOG, 10, 1000);
        List<Timed> uses = new ArrayList<>(List.of(new Timed(500, 500, 10), new Timed(1_490, 1_500, 10)));
        assertThat(worst(limit, uses).orElseThrow().overMilli()).isZero();
        uses.add(new Timed(1_499, 1_499, 1));
        assertThat(worst(limit, uses).orElseThrow()).isEqualTo(new Worst(1_490, 2_490, 11, 1000));
        uses.remove(1);
        assertThat(worst(limit, uses).orElseThrow()).isEqualTo(new Worst(500, 1_500, 11, 1000));
    }

    @Test
    void logTimesAreWhatProbesProve() {
        LogTimes times = new LogTimes(List.of(
                new Probe(10, 20, 100), new Probe(30, 90, 105), new Probe(40, 50, 103), new Probe(70, 80, 110)));
        assertThat(times.of(19, 25, 1)).as("before the first").isEmpty();
        assertThat(times.of(20, 30, 1)).contains(new Timed(100, 103, 1));
        assertThat(times.of(20, 31, 2)).contains(new Timed(100, 103, 2));
        assertThat(times.of(50, 70, 3)).contains(new Timed(103, 110, 3));
        assertThat(times.of(60, 71, 1)).as("after the last was sent").isEmpty();
    }
}
