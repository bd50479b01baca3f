package io.quorate.core.rule;

/**
 * A time in which a rule applies.
 *
 * @param fromMillis the first millisecond, since 1970 UTC; {@link #OPEN_FROM} if there is none
 * @param untilMillis the first millisecond after; {@link #OPEN_UNTIL} if there is none
 */
public record Window(long fromMillis, long untilMillis) {
    public static final long OPEN_FROM = 0;
    public static final long OPEN_UNTIL = 1L << 46;

    public Window {
        if (fromMillis < OPEN_FROM || untilMillis > OPEN_UNTIL) {
            throw new IllegalArgumentException("a time must be between the years 1970 and 4199");
        }
        if (fromMillis >= untilMillis) {
            throw new IllegalArgumentException("a time window must end after it begins");
        }
    }

    boolean contains(long millis) {
        return millis >= fromMillis && millis < untilMillis;
    }
}
