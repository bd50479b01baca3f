package io.quorate.cli.text;

import java.util.List;

/** A duration as people write it: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1h}, {@code 1d} or {@code 1m30s}. */
public final class DurationText {
    private static final List<Unit> UNITS = List.of(
            new Unit("d", 86_400_000L),
            new Unit("h", 3_600_000L),
            new Unit("m", 60_000L),
            new Unit("s", 1_000L),
            new Unit("ms", 1L));
    /** Up to so many seconds are written as seconds, since 60s and 90s read better than 1m and 1m30s. */
    private static final long SECONDS_PLAIN_MAX = 120;

    private record Unit(String name, long millis) {}

    private DurationText() {}

    /**
     * The milliseconds that a text stands for.
     *
     * @throws IllegalArgumentException that says what is wrong and what would be right
     */
    public static long parseMillis(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a duration is missing; write one such as 60s");
        }
        if (text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '_')) {
            throw new IllegalArgumentException("the duration '" + Printable.escape(text, 80) + "' has no unit; write "
                    + text.replace("_", "") + "s for seconds, or use ms, m, h or d");
        }
        long total = 0;
        int at = 0;
        int unitsUsed = 0;
        while (at < text.length()) {
            int digits = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            int letters = at;
            while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
                at++;
            }
            int unit = unitNamed(text.substring(letters, at));
            if (digits == letters || unit < unitsUsed) {
                throw malformed(text);
            }
            unitsUsed = unit + 1;
            total = add(
                    text,
                    total,
                    text.substring(digits, letters),
                    UNITS.get(unit).millis());
        }
        return total;
    }

    /** Reads back as the same milliseconds: {@code 90s}, {@code 1h30m}, {@code 0ms}. */
    public static String format(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("a duration is 0 or more, not " + millis + " ms");
        }
        if (millis > 0 && millis % 1_000 == 0 && millis / 1_000 <= SECONDS_PLAIN_MAX) {
            return millis / 1_000 + "s";
        }
        StringBuilder out = new StringBuilder();
        long rest = millis;
        for (Unit unit : UNITS) {
            if (rest >= unit.millis()) {
                out.append(rest / unit.millis()).append(unit.name());
                rest %= unit.millis();
            }
        }
        return out.length() == 0 ? "0ms" : out.toString();
    }

    /** The ordinal of a unit, or -1, which is before every unit that may come next. */
    private static int unitNamed(String name) {
        for (int i = 0; i < UNITS.size(); i++) {
            if (UNITS.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static long add(String text, long total, String digits, long unitMillis) {
        try {
            return Math.addExact(total, Math.multiplyExact(Long.parseLong(digits), unitMillis));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the duration '" + Printable.escape(text, 80) + "' is too long; the longest is 36500d", e);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + Printable.escape(text, 80)
                + "' is no duration; write whole numbers with units, largest first, such as 500ms, 60s, 5m, 1h, 1d"
                + " or 1m30s");
    }
}
