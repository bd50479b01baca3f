package io.quorate.server.config;

import io.quorate.core.quota.Names;
import java.util.Locale;

/** Amounts with their unit, as written in a configuration: {@code 400ms}, {@code 256KiB}. */
final class Units {
    private static final String[] TIMES = {"ms", "s", "m", "h"};
    private static final long[] TIMES_MILLIS = {1, 1_000, 60_000, 3_600_000};
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB"};
    private static final long[] SIZES_BYTES = {1, 1L << 10, 1L << 20, 1L << 30};

    private Units() {}

    /**
     * Milliseconds of a duration.
     *
     * @throws IllegalArgumentException that says what would be right
     */
    static long millis(String text) {
        return amount(text, TIMES, TIMES_MILLIS, "a duration with its unit (ms, s, m, h), such as 400ms");
    }

    /**
     * Bytes of a size.
     *
     * @throws IllegalArgumentException that says what would be right
     */
    static long bytes(String text) {
        return amount(text, SIZES, SIZES_BYTES, "a size with its unit (B, KiB, MiB, GiB), such as 256KiB");
    }

    /** A duration as it would be written in a configuration, in the largest unit that holds it whole. */
    static String ofMillis(long millis) {
        return written(millis, TIMES, TIMES_MILLIS);
    }

    /** A size as it would be written in a configuration, in the largest unit that holds it whole. */
    static String ofBytes(long bytes) {
        return written(bytes, SIZES, SIZES_BYTES);
    }

    private static String written(long amount, String[] units, long[] factors) {
        int unit = units.length - 1;
        while (unit > 0 && (amount == 0 || amount % factors[unit] != 0)) {
            unit--;
        }
        return amount / factors[unit] + units[unit];
    }

    private static long amount(String text, String[] units, long[] factors, String right) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String unit = text.substring(digits).strip();
        for (int i = 0; i < units.length; i++) {
            if (unit.equals(units[i]) && digits > 0 && digits <= 12) {
                return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factors[i]);
            }
        }
        throw new IllegalArgumentException(
                "must be " + right + hint(unit, units, digits > 0) + ", not '" + Names.printable(text) + "'");
    }

    private static String hint(String unit, String[] units, boolean hasNumber) {
        for (String right : units) {
            boolean meant = right.toLowerCase(Locale.ROOT).equals(unit.toLowerCase(Locale.ROOT))
                    || right.replace("i", "").equalsIgnoreCase(unit);
            if (hasNumber && meant) {
                return "; the unit is written " + right;
            }
        }
        return hasNumber && unit.isEmpty() ? "; the unit is missing" : "";
    }
}
