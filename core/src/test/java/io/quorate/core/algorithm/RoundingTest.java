package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.testing.Tries;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class RoundingTest {
    @Test
    void dividesUp() {
        assertThat(Rounding.divCeil(0, 7)).isZero();
        assertThat(Rounding.divCeil(7, 7)).isEqualTo(1);
        assertThat(Rounding.divCeil(8, 7)).isEqualTo(2);
        assertThat(Rounding.divCeil(Long.MAX_VALUE, 2)).isEqualTo(1L << 62);
    }

    @Test
    void multipliesIn128Bits() {
        Tries.run("timesOverCeil", 20_000, random -> {
            long value = random.nextLong() >>> (1 + random.nextInt(63));
            long times = random.nextLong() >>> (1 + random.nextInt(63));
            long over = 1 + (random.nextLong() >>> (2 + random.nextInt(62)));
            BigInteger[] exact = BigInteger.valueOf(value)
                    .multiply(BigInteger.valueOf(times))
                    .divideAndRemainder(BigInteger.valueOf(over));
            BigInteger up = exact[0].add(BigInteger.valueOf(exact[1].signum()));
            assertThat(Rounding.timesOverCeil(value, times, over, Rounding.UNITS_MAX))
                    .as("%d * %d / %d", value, times, over)
                    .isEqualTo(up.min(BigInteger.valueOf(Rounding.UNITS_MAX)).longValueExact());
        });
    }
}
