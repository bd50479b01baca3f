package io.quorate.storage.api;

import io.quorate.core.machine.Header;

/**
 * A snapshot that was written and isn't finished: its files are all there and change no more, but aren't synced,
 * and no manifest names them, so it can't be restored.
 *
 * <p>Threads: one at a time, which needn't be the store's; the store may go on and even be closed meanwhile.
 */
public interface SnapshotDraft {
    /** The header of the state that was saved. */
    Header header();

    /**
     * Syncs every file and the directory, and writes the manifest with each file's length and checksum: reads
     * everything, so it takes as long as the disk needs for that. Throws {@link StoreException} if it fails.
     */
    void seal();
}
