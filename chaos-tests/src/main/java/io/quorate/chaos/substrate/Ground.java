package io.quorate.chaos.substrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the processes of a local cluster stand: their addresses and the network between them. */
interface Ground extends AutoCloseable {
    String name();

    Addresses addresses(int node);

    /** The start of a node's command line. */
    List<String> prefix(int node);

    /** Options of a node's JVM. */
    List<String> javaOptions(int node, Path directory);

    NetworkControl network();

    /** Why it lacks abilities of networks and disks. */
    Map<Ability, String> lacking(Path directory);

    /** A disk for a node; absent if it has none for each. */
    Optional<Volume> volume(Path directory);

    @Override
    void close();
    /**
     * Addresses of a node, each {@code host:port}.
     *
     * @param raft in every node's configuration
     * @param client in every node's configuration, and for clients
     */
    record Addresses(String raft, String client, String admin) {}
}
