package io.quorate.chaos.substrate;

import java.util.List;
import java.util.Optional;

/**
 * A cluster that runs, and the ground that it runs on.
 *
 * <p>Faults, workloads and checks know a cluster by this alone. What a substrate can't do it says, with the reason, and
 * it isn't asked for; nothing is assumed. Its methods are called by one thread at a time; {@link #close} ends all
 * processes and leaves nothing behind.
 */
public interface Substrate extends AutoCloseable {
    /** What it is, for reports, such as {@code local (namespaces)}. */
    String name();

    List<ChaosNode> nodes();

    /** Client addresses of all nodes, separated by commas. */
    String clientEndpoints();

    /** Data groups of the cluster; there is one more, of the rules. */
    int groups();

    /** Why it can't do something; empty if it can. */
    Optional<String> lacks(Ability ability);

    /** What passes between nodes and clients. */
    NetworkControl network();

    /** The node with this id. */
    default ChaosNode node(String id) {
        return nodes().stream()
                .filter(n -> n.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + id));
    }

    @Override
    void close();
}
