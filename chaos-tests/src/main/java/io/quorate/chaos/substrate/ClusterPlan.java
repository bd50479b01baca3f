package io.quorate.chaos.substrate;

import java.nio.file.Path;
import java.util.List;

/**
 * What a cluster is made of.
 *
 * @param directory holds configuration, data and logs of every node; without data of an earlier cluster
 * @param nodes how many
 * @param groups data groups
 * @param heapMegabytes each node's fixed heap
 * @param extraConfig further lines of every node's configuration file
 * @param classesFirst folders of classes that stand in for the daemon's own of the same names: a planted mistake
 */
public record ClusterPlan(
        Path directory, int nodes, int groups, int heapMegabytes, String extraConfig, List<Path> classesFirst) {
    /** Short timers, snapshots that happen within a short run, and logs that are kept whole, to be judged. */
    public static final String BRISK =
            "raft: {election-timeout: 500ms, election-delay-max: 200ms, snapshot-interval: 5s,"
                    + " snapshot-entries-min: 200, keep-log: true}";

    public ClusterPlan {
        classesFirst = List.copyOf(classesFirst);
    }

    /** A cluster of the daemon, with short timers. */
    public static ClusterPlan of(Path directory, int nodes, int groups) {
        return new ClusterPlan(directory, nodes, groups, 128, BRISK, List.of());
    }

    /** The same with a planted mistake. */
    public ClusterPlan with(Path classes) {
        return new ClusterPlan(directory, nodes, groups, heapMegabytes, extraConfig, List.of(classes));
    }
}
