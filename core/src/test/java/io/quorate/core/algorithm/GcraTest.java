package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Bucket;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.api.Test;

final class GcraTest {
    private static final ChargeId ID = new ChargeId(1, 1);
    private final Meter meter = Meter.of(new Limit(Algorithm.GCRA, 7, 1000, 3));

    @Test
    void remembersTheTheoreticalArrivalTimeWithItsFraction() {
        // One token is 142 6/7 ms.
        assertThat(meter.acquire(Fresh.INSTANCE, 10, 1, ID).next()).isEqualTo(new Bucket(152, 6));
        // Two are 285 5/7: from a state, not from a rounded time.
        assertThat(meter.acquire(new Bucket(152, 6), 20, 1, ID).next()).isEqualTo(new Bucket(295, 5));
    }

    @Test
    void isFreshOnceTheArrivalTimeHasPassed() {
        assertThat(meter.settle(new Bucket(152, 6), 152)).isEqualTo(new Bucket(152, 6));
        assertThat(meter.settle(new Bucket(152, 6), 153)).isEqualTo(Fresh.INSTANCE);
        assertThat(meter.settle(new Bucket(152, 0), 152)).isEqualTo(Fresh.INSTANCE);
    }

    @Test
    void refusesWhatOnlyABugCanAskFor() {
        assertThatThrownBy(() -> meter.acquire(Fresh.INSTANCE, 0, 0, ID)).hasMessage("cost must be 1 or more, not 0");
        assertThatThrownBy(() -> meter.refund(Fresh.INSTANCE, 0, -1, 0, ID))
                .hasMessage("a refund must be 0 or more, not -1");
        assertThatThrownBy(() -> meter.acquire(new Window(1, 1), 0, 1, ID))
                .hasMessage("not a state of gcra: Window[index=1, count=1]; adopt it first");
    }

    @Test
    void aRefundGivesBackOnlyWhatWasNotRefilledSince() {
        Meter meter = Meter.of(new Limit(Algorithm.GCRA, 60, 60_000, 20));
        CounterState all = meter.acquire(CounterState.Fresh.INSTANCE, 0, 20, new ChargeId(1, 1))
                .next();
        CounterState again = meter.acquire(all, 20_000, 20, new ChargeId(1, 2)).next();
        // What the first took was refilled by now and taken by the second; giving it back would allow 40 at once.
        Meter.Refund refund = meter.refund(again, 20_000, 20, 0, new ChargeId(1, 1));
        assertThat(refund.refunded()).isZero();
        assertThat(meter.acquire(refund.next(), 20_000, 1, new ChargeId(1, 3)).allowed())
                .isFalse();
        assertThat(meter.refund(all, 5_000, 20, 0, new ChargeId(1, 1)).refunded())
                .isEqualTo(15);
    }
}
