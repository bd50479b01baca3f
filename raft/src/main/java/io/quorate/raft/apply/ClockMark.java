package io.quorate.raft.apply;

/**
 * What a node knew of a group's log time at one moment, by its own clocks: to be kept over a restart of the process.
 *
 * @param bootId the life of the machine in which the monotonic clock showed this; empty if it isn't known
 * @param term of the leader whose clock it is
 * @param logTimeMillis log time, issued or estimated
 * @param monotonicNanos the monotonic clock at that moment
 * @param wallMillis the wall clock at that moment
 */
public record ClockMark(String bootId, long term, long logTimeMillis, long monotonicNanos, long wallMillis) {
    /** Where log time ends. */
    static final long LOG_TIME_MILLIS_MAX = 6_000_000_000_000L;

    /** Throws {@link IllegalArgumentException} if a time is beyond what a clock can show. */
    public ClockMark {
        if (term < 0 || !isTime(logTimeMillis) || !isTime(wallMillis)) {
            throw new IllegalArgumentException("a clock can't show log time " + logTimeMillis + " ms, wall clock "
                    + wallMillis + " ms in term " + term);
        }
    }

    private static boolean isTime(long millis) {
        return millis >= 0 && millis <= LOG_TIME_MILLIS_MAX;
    }

    boolean isOfBoot(String now) {
        return !now.isEmpty() && now.equals(bootId);
    }
}
