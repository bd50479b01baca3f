package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Bucket;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {
    private static final ChargeId ID = new ChargeId(1, 1);

    @Test
    void refillsWithoutRoundingForEver() {
        // 3 per 1000 ms from an empty bucket: in 1,000,000 ms exactly 3000 more, though 1000/3 is no whole number.
        Meter meter = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 3, 1000, 1));
        CounterState state = meter.acquire(Fresh.INSTANCE, 0, 1, ID).next();
        int granted = 0;
        for (long now = 1; now <= 1_000_000; now++) {
            Verdict verdict = meter.acquire(state, now, 1, ID);
            state = verdict.next();
            granted += verdict.allowed() ? 1 : 0;
        }
        // Each grant waits for the next whole millisecond: 334 ms apart, since a bucket of one can't save the rest.
        assertThat(granted).isEqualTo(1_000_000 / 334);

        Meter roomy = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 3, 1000, 2));
        state = roomy.acquire(Fresh.INSTANCE, 0, 2, ID).next();
        granted = 0;
        for (long now = 1; now <= 1_000_000; now++) {
            Verdict verdict = roomy.acquire(state, now, 1, ID);
            state = verdict.next();
            granted += verdict.allowed() ? 1 : 0;
        }
        assertThat(granted).isEqualTo(3000);
    }

    @Test
    void decidesAsGcraDoes() {
        Meter bucket = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 7, 1000, 5));
        Meter gcra = Meter.of(new Limit(Algorithm.GCRA, 7, 1000, 5));
        CounterState state = Fresh.INSTANCE;
        for (long now = 0; now < 10_000; now += 83) {
            Verdict verdict = bucket.acquire(state, now, 1 + now % 3, ID);
            assertThat(gcra.acquire(state, now, 1 + now % 3, ID)).isEqualTo(verdict);
            state = verdict.next();
        }
    }

    @Test
    void keepsTheFractionThatIsUsedWhenTheRateChanges() {
        Meter slow = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 1, 1000, 10));
        Meter fast = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 1, 10, 10));
        CounterState state = slow.acquire(Fresh.INSTANCE, 0, 4, ID).next();
        // At 500, 3.5 tokens are used: 35 ms of the new rate.
        assertThat(fast.adopt(slow, state, 500)).isEqualTo(new Bucket(535, 0));
        assertThat(fast.adopt(slow, state, 4000)).isEqualTo(Fresh.INSTANCE);
    }

    @Test
    void deniesUntilMoreThanTheNewBurstIsPaidBack() {
        Meter wide = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 1, 1000, 10));
        Meter narrow = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 1, 1000, 2));
        CounterState state =
                narrow.adopt(wide, wide.acquire(Fresh.INSTANCE, 0, 10, ID).next(), 0);
        Verdict verdict = narrow.acquire(state, 0, 1, ID);
        assertThat(verdict).isEqualTo(new Verdict(false, state, 0, 9000, 10_000));
    }

    @Test
    void saysWhichFieldToLowerIfExactIntegersCannotHoldTheLimit() {
        assertThatThrownBy(() -> Meter.of(
                        new Limit(Algorithm.TOKEN_BUCKET, 999_999_999_989L, Limit.PERIOD_MILLIS_MAX, Limit.AMOUNT_MAX)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("burst must be at most 731178 for 999999999989 per 3153600000000 ms, not 1000000000000;"
                        + " lower burst, or give amount and period a larger common divisor");
        // A common divisor makes the same size exact.
        assertThat(Meter.of(new Limit(
                                Algorithm.TOKEN_BUCKET, 1_000_000_000_000L, Limit.PERIOD_MILLIS_MAX, Limit.AMOUNT_MAX))
                        .acquire(Fresh.INSTANCE, 0, Limit.AMOUNT_MAX, ID)
                        .resetAfterMillis())
                .isEqualTo(Limit.PERIOD_MILLIS_MAX);
    }
}
