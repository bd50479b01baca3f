package io.quorate.core.algorithm;

/** The divisions that Java 17 lacks, and the bound under which all products of the meters stay. */
final class Rounding {
    /**
     * The most that a limit's capacity may be in a meter's own units. Twice of it (a full counter and a cost that
     * is at most the capacity) and log time up to {@link Meter#NOW_MILLIS_MAX} still fit a long together.
     */
    static final long UNITS_MAX = 1L << 61;

    private Rounding() {}

    /** The quotient rounded up; {@code dividend} 0 or more, {@code divisor} 1 or more. */
    static long divCeil(long dividend, long divisor) {
        long quotient = dividend / divisor;
        return quotient * divisor == dividend ? quotient : quotient + 1;
    }

    /**
     * {@code value * times / over} rounded up, exact also if the product needs 128 bits, but {@code max} at most;
     * all 0 or more, {@code over} 1 to 2^62.
     */
    static long timesOverCeil(long value, long times, long over, long max) {
        long high = Math.multiplyHigh(value, times);
        long low = value * times;
        if (high >= over) {
            return max;
        }
        // Long division bit by bit: it is done once when a counter's limit changes.
        long remainder = high;
        long quotient = 0;
        for (int bit = 63; bit >= 0; bit--) {
            remainder = remainder << 1 | (low >>> bit & 1);
            quotient <<= 1;
            if (remainder >= over) {
                remainder -= over;
                quotient |= 1;
            }
        }
        if (quotient < 0 || quotient >= max) {
            return max;
        }
        return remainder == 0 ? quotient : quotient + 1;
    }
}
