package io.quorate.storage.api;

import io.quorate.core.machine.StateChanges;
import io.quorate.core.machine.StateView;
import java.nio.file.Path;

/**
 * One group's state, kept.
 *
 * <p>Threads: not thread-safe. The group applies and reads under one lock; implementations may use threads of
 * their own inside.
 *
 * <p>Errors: {@link StoreException} when the disk or the stored bytes fail; after it the store must not be
 * used but to be closed, and the group halts.
 */
public interface StateStore extends StateView, AutoCloseable {

    /**
     * Makes the changes visible, all at once. They are durable after the next {@link #flush}; until then the
     * Raft log is what a restart replays, from {@code header().appliedIndex() + 1} as found after the restart.
     */
    void commit(StateChanges changes);

    /** Makes everything committed so far durable, with the header that covers it. */
    void flush();

    /**
     * Writes a snapshot of the committed state into an empty or absent directory, with a manifest that holds
     * header, format version, and each file's length and checksum; files and directory are synced.
     */
    void save(Path directory);

    /**
     * Replaces the whole state by a snapshot, after checking it whole; on a damaged snapshot throws and keeps
     * the state as it was.
     */
    void restore(Path directory);

    /** Bytes in use: memory of cache and tables, and on disk. Approximate. */
    StoreSize size();

    @Override
    void close();

    /** Approximate sizes in bytes. */
    record StoreSize(long memoryBytes, long diskBytes) {}
}
