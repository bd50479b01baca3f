package io.quorate.core.machine;

import java.util.Arrays;

/**
 * Which limits may be in use by no counter: those that the sweep is after, and hasn't seen in a row since it last
 * began at the first counter. Immutable.
 */
public final class LimitSweep {
    public static final LimitSweep EMPTY = new LimitSweep(0, new int[0]);

    private final int cursor;
    private final int[] idle;

    private LimitSweep(int cursor, int[] idle) {
        this.cursor = cursor;
        this.idle = idle;
    }

    /**
     * A sweep's place.
     *
     * @param cursor the sweep's next pass is after limits of higher numbers; 0: begins again
     * @param idle numbers of limits not yet seen in use, ascending; not to be changed afterwards
     * @throws IllegalArgumentException if they don't ascend from 1
     */
    public static LimitSweep of(int cursor, int[] idle) {
        int last = 0;
        for (int limitId : idle) {
            if (limitId <= last) {
                throw new IllegalArgumentException("numbers of limits must ascend from 1, not " + limitId + " follow "
                        + (last == 0 ? "nothing" : last));
            }
            last = limitId;
        }
        if (cursor < 0) {
            throw new IllegalArgumentException("a place among the limits is 0 or a limit's number, not " + cursor);
        }
        return new LimitSweep(cursor, idle);
    }

    public int cursor() {
        return cursor;
    }

    /** How many limits weren't seen in use so far. */
    public int idleCount() {
        return idle.length;
    }

    /** The number of one of them, by its place among them. */
    public int idle(int place) {
        return idle[place];
    }

    /** Where a limit stands among them; negative if it doesn't. */
    int find(int limitId) {
        return Arrays.binarySearch(idle, limitId);
    }

    @Override
    public String toString() {
        return idle.length + " limits not seen in use, next after " + cursor;
    }
}
