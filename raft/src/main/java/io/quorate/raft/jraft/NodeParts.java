package io.quorate.raft.jraft;

import io.quorate.storage.api.LogHorizon;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.rocks.RocksResources;
import io.quorate.storage.rocks.RocksStore;
import io.quorate.storage.rocks.RocksStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node is made of besides its settings: the clocks of this machine and the kind of store.
 *
 * @param monotonicNanos like {@code System::nanoTime}
 * @param wallMillis milliseconds since 1970, UTC
 * @param bootId names the machine's life, in which the monotonic clock goes on from process to process; empty if that
 *     isn't known
 */
record NodeParts(LongSupplier monotonicNanos, LongSupplier wallMillis, String bootId, Stores stores) {
    private static final Logger LOG = LoggerFactory.getLogger(NodeParts.class);

    /** The machine's clocks, and stores on disk. */
    static final NodeParts REAL =
            new NodeParts(System::nanoTime, System::currentTimeMillis, readBootId(), NodeParts::onDisk);

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

    /** Linux names each life of the machine; elsewhere it isn't known. */
    private static String readBootId() {
        Path file = Path.of("/proc/sys/kernel/random/boot_id");
        try {
            return Files.isReadable(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            LOG.warn("Can't read {}; after a restart, log time goes on from the last stamp", file, e);
            return "";
        }
    }

    static StateStore onDisk(Path directory, long cacheBytes, RocksResources shared, LogHorizon log) {
        RocksStoreSettings settings =
                RocksStoreSettings.shipped(System::nanoTime).withCacheBytes(cacheBytes);
        return RocksStore.open(directory, settings, shared, log);
    }
}
