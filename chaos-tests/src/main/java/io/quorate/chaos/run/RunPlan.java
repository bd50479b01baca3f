package io.quorate.chaos.run;

import java.nio.file.Path;

/**
 * How a run loads a cluster and where it leaves its evidence.
 *
 * @param folder empty or absent: history, dumps, node logs and the report go there
 * @param seed of all random choices
 * @param sdkDrivers threads that use the SDK without leases
 * @param wireDrivers threads that speak the protocol themselves
 * @param leaseDrivers threads that use the SDK with leases, two to a client
 */
public record RunPlan(Path folder, long seed, int sdkDrivers, int wireDrivers, int leaseDrivers) {
    /**
     * Lines of a node's configuration that a run needs: logs are kept whole under snapshots, and timers are short.
     */
    public static final String NODE_CONFIG =
            "raft: {election-timeout: 500ms, election-delay-max: 200ms, snapshot-interval: 5s,"
                    + " snapshot-entries-min: 200, keep-log: true}";

    /** A run of moderate load. */
    public static RunPlan of(Path folder, long seed) {
        return new RunPlan(folder, seed, 12, 6, 4);
    }
}
