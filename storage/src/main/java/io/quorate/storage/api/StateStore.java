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
     *
     * <p>After a crash a durable store holds the state of exactly one commit, whole: the last one flushed or a
     * later one. A store may write back on its own at any commit; that alone promises nothing.
     */
    void commit(StateChanges changes);

    /** Makes everything committed so far durable, with the header that covers it, before it returns. */
    void flush();

    /**
     * Writes a snapshot of the committed state into an empty or absent directory. It is a snapshot only when the
     * draft was sealed, which is what takes long and needs the store no more. Also makes the live state durable as
     * {@link #flush} does, so that the log before the snapshot can be cut.
     *
     * <p>The directory is the snapshot's alone: a file in it that the store didn't write is refused at
     * {@link #restore}.
     */
    SnapshotDraft save(Path directory);

    /**
     * Replaces the whole state by a snapshot, durably, after checking it whole; on a damaged snapshot, or one of
     * another kind of store, throws {@link StoreException} and keeps the state as it was, to be used on. A crash
     * in the middle leaves the old state or the new one.
     */
    void restore(Path directory);

    /** Bytes in use: memory of cache and tables, and on disk. Approximate. */
    StoreSize size();

    @Override
    void close();

    /** Approximate sizes in bytes. */
    record StoreSize(long memoryBytes, long diskBytes) {}
}
