package io.quorate.chaos.substrate;

import java.util.Map;

/** The network between nodes, and between nodes and clients. */
public interface NetworkControl {
    /**
     * Has the links behave as given, and all others without faults.
     *
     * @throws UnsupportedOperationException if it can't; then nothing is changed
     */
    void set(Map<Link, LinkState> links);

    /** All links without faults. */
    default void heal() {
        set(Map.of());
    }
}
