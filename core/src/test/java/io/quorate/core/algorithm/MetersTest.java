package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MetersTest {
    private static final ChargeId ID = new ChargeId(1, 1);

    @ParameterizedTest
    @EnumSource
    void aFreshCounterGrantsItsCapacityAndNotOneMore(Algorithm algorithm) {
        Limit limit = Limit.of(algorithm, 10, 1000);
        Meter meter = Meter.of(limit);
        assertThat(meter.limit()).isEqualTo(limit);
        assertThat(meter.acquire(Fresh.INSTANCE, 0, 10, ID).allowed()).isTrue();
        assertThat(meter.acquire(Fresh.INSTANCE, 0, 11, ID))
                .isEqualTo(new Verdict(false, Fresh.INSTANCE, 10, Verdict.NEVER, 0));
    }

    @ParameterizedTest
    @EnumSource
    void theSameLimitAdoptsItsOwnStateUnchanged(Algorithm algorithm) {
        Meter meter = Meter.of(Limit.of(algorithm, 10, 1000));
        var state = meter.acquire(Fresh.INSTANCE, 0, 4, ID).next();
        assertThat(Meter.of(meter.limit()).adopt(meter, state, 10)).isEqualTo(state);
    }
}
