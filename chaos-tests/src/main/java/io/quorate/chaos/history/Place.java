package io.quorate.chaos.history;

/**
 * Where in a group's log a decision stands, as the answer said.
 *
 * @param position the command's place in the entry, from 0
 */
public record Place(int group, long index, int position, long logTimeMillis, long rulesVersion) {
    /** No log entry decided, or the answer didn't say which. */
    public static final Place NONE = new Place(-1, 0, 0, 0, 0);

    public boolean isKnown() {
        return group >= 0;
    }
}
