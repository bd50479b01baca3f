package io.quorate.raft.jraft;

import io.quorate.storage.api.LogHorizon;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.rocks.RocksResources;
import io.quorate.storage.rocks.RocksStore;
import io.quorate.storage.rocks.RocksStoreSettings;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * What a node is made of besides its settings: the clocks of this machine and the kind of store.
 *
 * @param monotonicNanos like {@code System::nanoTime}
 * @param wallMillis milliseconds since 1970, UTC
 */
record NodeParts(LongSupplier monotonicNanos, LongSupplier wallMillis, Stores stores) {
    /** The machine's clocks, and stores on disk. */
    static final NodeParts REAL = new NodeParts(System::nanoTime, System::currentTimeMillis, NodeParts::onDisk);

    /** Opens stores. */
    interface Stores {
        /**
         * Opens a group's store in a directory.
         *
         * @param cacheBytes memory for its counters
         * @param shared what it shares with the stores of the process's other groups
         * @param log the group's log, to which no state may be ahead on disk
         */
        StateStore open(Path directory, long cacheBytes, RocksResources shared, LogHorizon log);
    }

    static StateStore onDisk(Path directory, long cacheBytes, RocksResources shared, LogHorizon log) {
        RocksStoreSettings settings =
                RocksStoreSettings.shipped(System::nanoTime).withCacheBytes(cacheBytes);
        return RocksStore.open(directory, settings, shared, log);
    }
}
