package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Taken;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SlidingLogTest {
    private static final ChargeId ID = new ChargeId(1, 1);

    @Test
    void mergesWhatIsTakenAtOneTime() {
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 10, 1000));
        CounterState state = meter.acquire(Fresh.INSTANCE, 5, 2, ID).next();
        state = meter.acquire(state, 5, 3, ID).next();
        state = meter.acquire(state, 6, 1, ID).next();
        assertThat(state).isEqualTo(new Log(List.of(new Taken(5, 5), new Taken(6, 1))));
    }

    @Test
    void isExactToTheMillisecondUpTo4096Tokens() {
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 4096, 3_600_000));
        CounterState state = Fresh.INSTANCE;
        for (int i = 0; i < 4096; i++) {
            state = meter.acquire(state, 10L * i, 1, ID).next();
        }
        assertThat(((Log) state).size()).isEqualTo(4096);
        for (int i = 0; i < 4096; i++) {
            long leaves = 10L * i + 3_600_000;
            assertThat(meter.acquire(state, leaves - 1, 1, ID).allowed()).isFalse();
            state = meter.acquire(state, leaves, 1, ID).next();
        }
        assertThat(((Log) state).size()).isEqualTo(4096);
    }

    @Test
    void moreTimesThanALogKeepsAreMergedAndNeverInFavour() {
        long amount = 20_000;
        long period = 10_000;
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, amount, period));
        CounterState state = Fresh.INSTANCE;
        long[] granted = new long[50_000];
        long inWindow = 0;
        int entriesMost = 0;
        for (int now = 0; now < granted.length; now++) {
            inWindow -= now >= period ? granted[(int) (now - period)] : 0;
            for (int i = 0; i < 2; i++) {
                Verdict verdict = meter.acquire(state, now, 1, ID);
                state = verdict.next();
                granted[now] += verdict.allowed() ? 1 : 0;
                inWindow += verdict.allowed() ? 1 : 0;
            }
            assertThat(inWindow).isLessThanOrEqualTo(amount);
            entriesMost = Math.max(entriesMost, ((Log) state).size());
        }
        // Merged times are less than 5 ms apart, and two a millisecond is the exact rate.
        assertThat(entriesMost).isEqualTo(SlidingLog.ENTRIES_MAX);
        long total = 0;
        for (long each : granted) {
            total += each;
        }
        assertThat(total).isBetween(5 * amount - 5 * 2 * 5, 5 * amount);
    }

    @Test
    void hasAtMost4096EntriesWhateverTheLimitWasBefore() {
        CounterState state = Fresh.INSTANCE;
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 1_000_000, 4095));
        long now = 0;
        for (; now < 6000; now++) {
            state = meter.acquire(state, now, 1, ID).next();
        }
        assertThat(((Log) state).size()).isEqualTo(4095);
        Meter longer = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 1_000_000, 60_000));
        state = longer.adopt(meter, state, now);
        assertThat(longer.used(state, now)).isEqualTo(4094);
        for (; now < 130_000; now++) {
            state = longer.acquire(state, now, 1, ID).next();
            assertThat(((Log) state).size()).isLessThanOrEqualTo(SlidingLog.ENTRIES_MAX);
        }
        // And back to a shorter period, or to fewer tokens.
        state = meter.adopt(longer, state, now);
        assertThat(((Log) state).size()).isLessThanOrEqualTo(SlidingLog.ENTRIES_MAX);
    }

    @Test
    void whatWasForgottenBeforeThePeriodGrewStaysForgotten() {
        Meter second = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 5, 1000));
        Meter minute = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 5, 60_000));
        CounterState state = second.acquire(Fresh.INSTANCE, 0, 3, ID).next();
        state = second.acquire(state, 900, 2, ID).next();
        assertThat(minute.adopt(second, state, 999)).isEqualTo(state);
        assertThat(minute.adopt(second, state, 1000)).isEqualTo(Log.of(900, 2));
    }
}
