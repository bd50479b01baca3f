package io.quorate.core.algorithm;

/** The one division that Java 17 lacks, and the bound under which all products of the meters stay. */
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
}
