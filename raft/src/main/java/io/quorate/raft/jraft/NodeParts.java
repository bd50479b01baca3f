package io.quorate.raft.jraft;

import io.quorate.storage.api.StateStore;
import io.quorate.storage.memory.MemoryStore;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * What a node is made of besides its settings: the clocks of this machine and the kind of store.
 *
 * @param monotonicNanos like {@code System::nanoTime}
 * @param wallMillis milliseconds since 1970, UTC
 * @param openStore opens a group's store in a directory, with a cache of so many bytes
 */
record NodeParts(LongSupplier monotonicNanos, LongSupplier wallMillis, BiFunction<Path, Long, StateStore> openStore) {
    /** The machine's clocks and stores. */
    static final NodeParts REAL =
            new NodeParts(System::nanoTime, System::currentTimeMillis, (directory, bytes) -> new MemoryStore());
}
