package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter.Refund;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Holder;
import io.quorate.core.quota.CounterState.Permits;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConcurrencyTest {
    private static final ChargeId A = new ChargeId(1, 1);
    private static final ChargeId B = new ChargeId(2, 1);
    private final Meter meter = Meter.of(Limit.of(Algorithm.CONCURRENCY, 5, 1000));

    @Test
    void releasesOnlyWhatThisAcquireHolds() {
        CounterState state = meter.acquire(Fresh.INSTANCE, 0, 2, A).next();
        state = meter.acquire(state, 0, 3, B).next();
        Refund released = meter.refund(state, 10, 4, 0, A);
        assertThat(released.refunded()).isEqualTo(2);
        assertThat(released.next()).isEqualTo(new Permits(List.of(new Holder(B, 3, 1000))));
        assertThat(meter.refund(released.next(), 10, 1, 0, A)).isEqualTo(new Refund(released.next(), 0));
        assertThat(meter.refund(released.next(), 10, 3, 0, B)).isEqualTo(new Refund(Fresh.INSTANCE, 3));
    }

    @Test
    void keepsHoldersInTheOrderOfExpiryWhenThePeriodIsCut() {
        Meter shorter = Meter.of(Limit.of(Algorithm.CONCURRENCY, 5, 100));
        CounterState state =
                shorter.adopt(meter, meter.acquire(Fresh.INSTANCE, 0, 2, A).next(), 50);
        state = shorter.acquire(state, 50, 1, B).next();
        assertThat(state).isEqualTo(new Permits(List.of(new Holder(B, 1, 150), new Holder(A, 2, 1000))));
        assertThat(shorter.settle(state, 150)).isEqualTo(new Permits(List.of(new Holder(A, 2, 1000))));
    }

    @Test
    void nobodyHoldsWhatAnotherAlgorithmHadUsed() {
        Meter window = Meter.of(Limit.of(Algorithm.FIXED_WINDOW, 10, 60_000));
        CounterState state =
                meter.adopt(window, window.acquire(Fresh.INSTANCE, 0, 9, A).next(), 0);
        assertThat(state).isEqualTo(new Permits(List.of(new Holder(Concurrency.NOBODY, 5, 1000))));
        assertThat(meter.refund(state, 1, 5, 0, A).refunded()).isZero();
    }
}
