package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Limit;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FixedWindowTest {
    private static final ChargeId ID = new ChargeId(1, 1);
    private final Meter daily = Meter.of(Limit.of(Algorithm.FIXED_WINDOW, 3, 86_400_000));

    @Test
    void aWindowOfADayIsADayOfUtc() {
        long lastOfDay = Instant.parse("1995-08-01T23:59:59.999Z").toEpochMilli();
        CounterState state = daily.acquire(Fresh.INSTANCE, lastOfDay, 3, ID).next();
        Verdict denied = daily.acquire(state, lastOfDay, 1, ID);
        assertThat(denied).isEqualTo(new Verdict(false, state, 0, 1, 1));
        assertThat(daily.acquire(state, lastOfDay + 1, 3, ID).allowed()).isTrue();
    }

    @Test
    void aWindowThatPassedIsFresh() {
        assertThat(daily.settle(new Window(4, 2), 4 * 86_400_000L)).isEqualTo(new Window(4, 2));
        assertThat(daily.settle(new Window(4, 2), 5 * 86_400_000L)).isEqualTo(Fresh.INSTANCE);
    }

    @Test
    void anAmountThatWasCutLeavesNothing() {
        Meter less = Meter.of(Limit.of(Algorithm.FIXED_WINDOW, 2, 86_400_000));
        CounterState state = less.adopt(daily, new Window(0, 3), 1000);
        assertThat(state).isEqualTo(new Window(0, 3));
        assertThat(less.acquire(state, 1000, 1, ID).remaining()).isZero();
    }

    @Test
    void takesOverNoMoreThanItsAmountFromAnotherAlgorithm() {
        Meter bucket = Meter.of(new Limit(Algorithm.GCRA, 1, 1000, 10));
        CounterState state = bucket.acquire(Fresh.INSTANCE, 0, 10, ID).next();
        assertThat(daily.adopt(bucket, state, 0)).isEqualTo(new Window(0, 3));
        assertThat(daily.adopt(bucket, state, 8500)).isEqualTo(new Window(0, 2));
        assertThat(daily.adopt(bucket, state, 10_000)).isEqualTo(Fresh.INSTANCE);
    }
}
