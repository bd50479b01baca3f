package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.model.NaiveModel;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.api.Test;

final class SlidingLogTest {
    private static final ChargeId ID = new ChargeId(1, 1);

    @Test
    void aTokenIsBackOnePeriodAfterItWasTakenAndNotBefore() {
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 2, 1_000));
        CounterState state = meter.acquire(Fresh.INSTANCE, 100, 1, ID).next();
        state = meter.acquire(state, 400, 1, ID).next();
        Verdict denied = meter.acquire(state, 500, 1, ID);
        assertThat(denied).isEqualTo(new Verdict(false, state, 0, 600, 900));
        assertThat(meter.acquire(state, 1_099, 1, ID).allowed()).isFalse();
        assertThat(meter.acquire(state, 1_100, 1, ID).allowed()).isTrue();
    }

    @Test
    void moreTimesThanALogKeepsAreMergedAndNeverInFavour() {
        Limit limit = Limit.of(Algorithm.SLIDING_LOG, 1_000_000, 100_000);
        Meter meter = Meter.of(limit);
        NaiveModel exact = NaiveModel.of(limit);
        CounterState state = Fresh.INSTANCE;
        for (int i = 0; i < 20_000; i++) {
            long now = i * 7L;
            state = meter.acquire(state, now, 1, ID).next();
            exact.acquire(now, 1);
            assertThat(((Log) state).size()).isLessThanOrEqualTo(SlidingLog.ENTRIES_MAX);
        }
        long last = 19_999 * 7L;
        assertThat(meter.used(state, last)).isGreaterThanOrEqualTo(exact.used(last));
        assertThat(meter.used(state, last + 100_000)).isZero();
    }
}
