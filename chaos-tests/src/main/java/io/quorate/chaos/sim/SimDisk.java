package io.quorate.chaos.sim;

import io.quorate.storage.api.StoreException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What one group has on one node's disk beside its log, and keeps when the process dies: all of it was synced. */
final class SimDisk {
    private final Map<String, byte[]> snapshots = new TreeMap<>();
    private byte[] image = {};
    private long imageIndex;

    /** The state as last written back; no bytes if it never was. */
    byte[] image() {
        return image;
    }

    /** The last entry in that state. */
    long imageIndex() {
        return imageIndex;
    }

    void image(byte[] bytes, long index) {
        image = bytes;
        imageIndex = index;
    }

    /** A snapshot was sealed; one is kept. */
    void write(Path path, byte[] bytes) {
        snapshots.clear();
        snapshots.put(path.toString(), bytes);
    }

    byte[] read(Path path) {
        byte[] bytes = snapshots.get(path.toString());
        if (bytes == null) {
            throw new StoreException("there is no snapshot " + path);
        }
        return bytes;
    }
}
