package io.quorate.core.machine;

import io.quorate.core.command.LimitDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds limits that no counter's row refers to, in the course of the sweep, and removes them.
 *
 * <p>When the sweep begins at the first counter, a bounded number of limits is noted as idle. Whatever is then seen
 * in a row, or given to one by an entry, isn't idle. What is left when the sweep has come to the end is in no row: a
 * row has the limit with which the sweep saw it, or was given another since. An entry that uses a removed limit
 * again brings its terms, as it does the first time.
 *
 * <p>Invariant: what is removed is in no row after the entry.
 */
final class LimitPruning {
    private static final boolean[] NONE_SEEN = {};

    private final StateView view;
    private final int countMax;
    private LimitSweep current;
    /** By place among the current ones, which were seen in this entry; empty if none was. */
    private boolean[] seen = NONE_SEEN;
    /** Of passes that ended in this entry: what they didn't see, ascending. */
    private LimitSweep ended = LimitSweep.EMPTY;

    /** By place among those, which are in a row after the entry. */
    private boolean[] givenAgain = NONE_SEEN;

    /** @param countMax limits that one pass is after at most */
    LimitPruning(StateView view, int countMax) {
        this.view = view;
        this.countMax = countMax;
        this.current = view.header().limitSweep();
    }

    /** A row has this limit. */
    void seen(int limitId) {
        int place = current.idleCount() == 0 ? -1 : current.find(limitId);
        if (place >= 0) {
            if (seen.length == 0) {
                seen = new boolean[current.idleCount()];
            }
            seen[place] = true;
        }
    }

    /** The sweep has looked at the last counter, and will begin again at the first. */
    void passEnded() {
        List<Integer> lost = new ArrayList<>(unseen(ended, NONE_SEEN));
        lost.addAll(unseen(current, seen));
        ended = LimitSweep.of(
                0, lost.stream().mapToInt(Integer::intValue).sorted().distinct().toArray());
        List<LimitDefinition> page = view.limitsAfter(current.cursor(), countMax);
        int cursor = page.size() < countMax ? 0 : page.get(page.size() - 1).limitId();
        int[] next = page.stream()
                .mapToInt(LimitDefinition::limitId)
                .filter(limitId -> ended.find(limitId) < 0)
                .toArray();
        current = LimitSweep.of(cursor, next);
        seen = NONE_SEEN;
    }

    /** A row has this limit after the entry, and had not before. To be told of all, when the entry is through. */
    void given(int limitId) {
        seen(limitId);
        int place = ended.idleCount() == 0 ? -1 : ended.find(limitId);
        if (place >= 0) {
            if (givenAgain.length == 0) {
                givenAgain = new boolean[ended.idleCount()];
            }
            givenAgain[place] = true;
        }
    }

    /** Adds the limits to remove and gives what that adds to the digest. */
    long collect(List<Integer> removed) {
        long digest = 0;
        for (int limitId : unseen(ended, givenAgain)) {
            removed.add(limitId);
            digest -= view.limit(limitId)
                    .map(limit -> Digests.limit(new LimitDefinition(limitId, limit)))
                    .orElse(0L);
        }
        return digest;
    }

    /** The sweep's place after the entry; only after {@link #collect}. */
    LimitSweep after() {
        return seen.length == 0
                ? current
                : LimitSweep.of(
                        current.cursor(),
                        unseen(current, seen).stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
    }

    private static List<Integer> unseen(LimitSweep sweep, boolean[] seen) {
        if (sweep.idleCount() == 0) {
            return List.of();
        }
        boolean[] without = seen.length == 0 ? new boolean[sweep.idleCount()] : seen;
        List<Integer> unseen = new ArrayList<>();
        for (int place = 0; place < without.length; place++) {
            if (!without[place]) {
                unseen.add(sweep.idle(place));
            }
        }
        return unseen;
    }
}
