package io.quorate.chaos.history;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fault that was injected.
 *
 * @param number its number among the faults of the run, from 1
 * @param kind what was done, such as {@code kill-leader} or {@code partition-one-way}
 * @param nodes to whom; empty if it concerns no node
 * @param parameters how much, how long, which group: what a reader needs to do it again
 * @param seed of the random choices in it
 * @param startedNanos by the clock of {@link Operation#invokedNanos()}
 * @param stoppedNanos when it was over or healed; {@link Operation#NEVER} if that isn't recorded
 */
public record FaultRecord(
        long number,
        String kind,
        List<String> nodes,
        SortedMap<String, String> parameters,
        long seed,
        long startedNanos,
        long stoppedNanos) {
    public FaultRecord {
        nodes = List.copyOf(nodes);
        parameters = new TreeMap<>(parameters);
        if (stoppedNanos < startedNanos) {
            throw new IllegalArgumentException("fault " + number + " stopped before it started");
        }
    }
}
