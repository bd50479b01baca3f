package io.quorate.chaos.substrate;

import java.nio.file.Path;

/**
 * What a cluster is made of.
 *
 * @param directory holds configuration, data and logs of every node; without data of an earlier cluster
 * @param nodes how many
 * @param groups data groups
 * @param heapMegabytes each node's fixed heap
 * @param extraConfig further lines of every node's configuration file
 * @param mainClass of a node's process; takes the arguments of {@link #DAEMON}
 */
public record ClusterPlan(
        Path directory, int nodes, int groups, int heapMegabytes, String extraConfig, String mainClass) {
    /** The class that is the {@code quorate} command. */
    public static final String DAEMON = "io.quorate.cli.Quorate";

    /** Short timers, and snapshots that happen within a short run. */
    public static final String BRISK =
            "raft: {election-timeout: 500ms, election-delay-max: 200ms, snapshot-interval: 5s,"
                    + " snapshot-entries-min: 200}";

    /** A cluster of the daemon, with short timers. */
    public static ClusterPlan of(Path directory, int nodes, int groups) {
        return new ClusterPlan(directory, nodes, groups, 128, BRISK, DAEMON);
    }

    /** The same with another main class: a daemon with a planted mistake. */
    public ClusterPlan withMainClass(String other) {
        return new ClusterPlan(directory, nodes, groups, heapMegabytes, extraConfig, other);
    }
}
