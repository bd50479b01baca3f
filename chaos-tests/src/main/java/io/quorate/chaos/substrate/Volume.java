package io.quorate.chaos.substrate;

import java.nio.file.Path;

/** Where a node's data is, and what can be done to it. */
interface Volume extends AutoCloseable {
    /** The folder that a node's data directory is in. */
    Path mountedAt();

    void fill();

    void free();

    void die();

    /** Makes it usable again, with what was synced; nobody has files of it open. */
    void repair();

    @Override
    void close();
}
