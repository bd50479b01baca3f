package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Sliding;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.api.Test;

final class SlidingWindowTest {
    private static final ChargeId ID = new ChargeId(1, 1);
    private final Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_WINDOW, 100, 1000));

    @Test
    void theRunningWindowBecomesTheOneBefore() {
        assertThat(meter.settle(new Sliding(5, 30, 20), 5999)).isEqualTo(new Sliding(5, 30, 20));
        assertThat(meter.settle(new Sliding(5, 30, 20), 6000)).isEqualTo(new Sliding(6, 0, 30));
        assertThat(meter.settle(new Sliding(5, 30, 20), 7000)).isEqualTo(Fresh.INSTANCE);
        assertThat(meter.settle(new Sliding(5, 0, 20), 6000)).isEqualTo(Fresh.INSTANCE);
    }

    @Test
    void canBeMadeToGiveNearlyTwiceTheAmountInOnePeriod() {
        // All of one window at its end, and as much as possible before it fades: the stated weakness, not a bug.
        CounterState state = meter.acquire(Fresh.INSTANCE, 999, 100, ID).next();
        long inOnePeriod = 100;
        for (long now = 1000; now < 1999; now++) {
            Verdict verdict = meter.acquire(state, now, 1, ID);
            state = verdict.next();
            inOnePeriod += verdict.allowed() ? 1 : 0;
        }
        assertThat(inOnePeriod).isEqualTo(199);
    }

    @Test
    void carriesTheEstimateOverWhenThePeriodChanges() {
        Meter longer = Meter.of(Limit.of(Algorithm.SLIDING_WINDOW, 100, 60_000));
        // A quarter into window 5: 30 + 21 * 3/4 = 45.75, rounded up.
        assertThat(longer.adopt(meter, new Sliding(5, 30, 21), 5250)).isEqualTo(new Sliding(0, 46, 0));
        Meter more = Meter.of(Limit.of(Algorithm.SLIDING_WINDOW, 200, 1000));
        assertThat(more.adopt(meter, new Sliding(5, 30, 21), 5250)).isEqualTo(new Sliding(5, 30, 21));
    }

    @Test
    void saysWhichFieldToLowerIfExactIntegersCannotHoldTheLimit() {
        assertThatThrownBy(() -> Meter.of(Limit.of(Algorithm.SLIDING_WINDOW, 1_000_000_000, 3_153_600_000_000L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("amount must be at most 731178 for a period of 3153600000000 ms, not 1000000000;"
                        + " lower amount or period");
    }
}
