package io.quorate.chaos.substrate;

/**
 * The wall clock that one node sees; its monotonic clock stays right. Each method throws
 * {@link UnsupportedOperationException} if {@link Ability#CLOCK} is lacking.
 */
public interface ClockControl {
    /** Puts it ahead of the real one (or behind it, if negative) at once. */
    void offsetMillis(long millis);

    /** Has it gain (or lose) so many millionths from now on. */
    void driftPpm(int millionths);

    /** Gives it the real time. */
    void reset();
}
