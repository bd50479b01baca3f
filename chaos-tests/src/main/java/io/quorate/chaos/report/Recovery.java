package io.quorate.chaos.report;

/**
 * How long groups were without a decision after they lost their leader, in milliseconds.
 *
 * @param losses of a leader, by a group
 * @param open of them: how many never ended
 */
public record Recovery(int losses, long medianMillis, long p99Millis, long worstMillis, int open) {
    /** Nothing was lost. */
    public static final Recovery NONE = new Recovery(0, 0, 0, 0, 0);

    /** For people. */
    public String text() {
        return "%d times a group lost its leader; ms to its next decision: median %d, p99 %d, worst %d; never %d"
                .formatted(losses, medianMillis, p99Millis, worstMillis, open);
    }
}
