package io.quorate.chaos.check;

import io.quorate.chaos.dump.LoggedEntries;
import io.quorate.chaos.dump.LoggedEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The entries of a log that stand before a gap, and may have been replaced unseen: those of the last term before it. A
 * node that learns by a snapshot what was committed isn't told which of its own entries were.
 */
final class LooseEnds {
    /** By group: from the first to the last index of each. */
    private final Map<Integer, TreeMap<Long, Long>> ends = new HashMap<>();

    private LooseEnds() {}

    /** Looks through a node's log once. */
    static LooseEnds of(Recorded run, String node) {
        LooseEnds found = new LooseEnds();
        try (LoggedEntries entries = run.log(node)) {
            int group = -1;
            long index = 0;
            long term = 0;
            long termFrom = 0;
            for (LoggedEntry entry = entries.next(); entry != null; entry = entries.next()) {
                boolean sameGroup = entry.group() == group;
                if (sameGroup && entry.index() != index + 1) {
                    found.ends.computeIfAbsent(group, g -> new TreeMap<>()).put(termFrom, index);
                }
                if (!sameGroup || entry.term() != term || entry.index() != index + 1) {
                    termFrom = entry.index();
                }
                group = entry.group();
                index = entry.index();
                term = entry.term();
            }
        }
        return found;
    }

    boolean has(int group, long index) {
        TreeMap<Long, Long> ofGroup = ends.get(group);
        Map.Entry<Long, Long> end = ofGroup == null ? null : ofGroup.floorEntry(index);
        return end != null && index <= end.getValue();
    }
}
