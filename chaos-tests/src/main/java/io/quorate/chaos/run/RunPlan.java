package io.quorate.chaos.run;

import java.nio.file.Path;

/**
 * How a run loads a cluster and where it leaves its evidence.
 *
 * @param folder empty or absent: history, dumps, node logs and the report go there
 * @param seed of all random choices
 */
public record RunPlan(Path folder, long seed, Load load) {
    /**
     * Who asks.
     *
     * @param sdkDrivers threads that use the SDK without leases
     * @param wireDrivers threads that speak the protocol themselves
     * @param leaseDrivers threads that use the SDK with leases, two to a client
     * @param spenders processes that spend with leases, for faults of clients; each records its uses by itself
     */
    public record Load(int sdkDrivers, int wireDrivers, int leaseDrivers, int spenders) {
        /** As much as leaves two cores something for nodes that start: with 96 and 16 that took three times as long. */
        public static final Load FULL = new Load(20, 8, 4, 2);

        /** Enough to show something of everything. */
        public static final Load LIGHT = new Load(6, 3, 2, 2);
    }

    /** A run of full load. */
    public static RunPlan of(Path folder, long seed) {
        return new RunPlan(folder, seed, Load.FULL);
    }
}
