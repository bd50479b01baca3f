package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Taken;
import io.quorate.core.quota.Limit;
import io.quorate.core.testing.Tries;
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
    void isExactToTheMillisecondUpTo4096Times() {
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 40_960, 3_600_000));
        CounterState state = Fresh.INSTANCE;
        for (int i = 0; i < SlidingLog.ENTRIES_MAX; i++) {
            state = meter.acquire(state, 10L * i, 10, ID).next();
        }
        assertThat(((Log) state).size()).isEqualTo(SlidingLog.ENTRIES_MAX);
        for (int i = 0; i < SlidingLog.ENTRIES_MAX; i++) {
            long leaves = 10L * i + 3_600_000;
            assertThat(meter.acquire(state, leaves - 1, 1, ID).allowed()).isFalse();
            state = meter.acquire(state, leaves, 10, ID).next();
        }
        assertThat(((Log) state).size()).isEqualTo(SlidingLog.ENTRIES_MAX);
    }

    @Test
    void mergesWithinCellsWhenThereAreMoreTimesAndLosesNoMoreThanACell() {
        int period = 20_000;
        long amount = period;
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, amount, period));
        CounterState state = Fresh.INSTANCE;
        long[] granted = new long[5 * period];
        long inWindow = 0;
        long total = 0;
        int entriesMost = 0;
        // One token a millisecond is exactly the rate, at five times as many times as a log keeps.
        for (int now = 0; now < granted.length; now++) {
            inWindow -= now >= period ? granted[now - period] : 0;
            Verdict verdict = meter.acquire(state, now, 1, ID);
            state = verdict.next();
            granted[now] = verdict.allowed() ? 1 : 0;
            inWindow += granted[now];
            total += granted[now];
            assertThat(inWindow).isLessThanOrEqualTo(amount);
            entriesMost = Math.max(entriesMost, ((Log) state).size());
        }
        long cell = 10;
        assertThat(entriesMost).isEqualTo(SlidingLog.ENTRIES_MAX);
        assertThat(total).isBetween(5 * amount - 5 * cell, 5 * amount - 1);
    }

    @Test
    void countsMergedTokensLateAndNeverEarly() {
        int period = 100_000;
        int cell = 49;
        Tries.run("merged log", 5, random -> {
            Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 1_000_000, period));
            CounterState state = Fresh.INSTANCE;
            // What was taken before each millisecond; the first period is empty.
            long[] before = new long[5 * period];
            long takenSoFar = 0;
            for (int now = period; now < before.length; now++) {
                before[now] = takenSoFar;
                if (now < 4 * period && random.nextInt(8) == 0) {
                    long cost = 1 + random.nextInt(3);
                    state = meter.acquire(state, now, cost, ID).next();
                    assertThat(((Log) state).size()).isLessThanOrEqualTo(SlidingLog.ENTRIES_MAX);
                    takenSoFar += cost;
                }
                if (random.nextInt(50) == 0 && now >= period + cell) {
                    long exact = takenSoFar - before[now - period + 1];
                    long late = takenSoFar - before[now - period + 1 - (cell - 1)];
                    assertThat(meter.used(state, now)).isBetween(exact, late);
                }
            }
            assertThat(meter.used(state, 5 * period - 1)).isZero();
        });
    }

    @Test
    void refundsWhatWasMergedFromWhereItCountsNow() {
        Meter meter = Meter.of(Limit.of(Algorithm.SLIDING_LOG, 1_000_000, 20_000));
        CounterState state = Fresh.INSTANCE;
        for (int now = 0; now <= SlidingLog.ENTRIES_MAX; now++) {
            state = meter.acquire(state, now, 2, ID).next();
        }
        assertThat(((Log) state).entries()).startsWith(new Taken(9, 20), new Taken(19, 20));
        assertThat(((Log) meter.refund(state, 5000, 2, 13, ID).next()).entries())
                .startsWith(new Taken(9, 20), new Taken(19, 18));
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
