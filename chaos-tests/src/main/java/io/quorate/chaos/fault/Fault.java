package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import java.util.Set;

/** A kind of fault. */
public interface Fault {
    /** Its name in histories and reports, such as {@code kill-leader}. */
    String kind();

    /** What a substrate must be able to do. */
    default Set<Ability> needs() {
        return Set.of();
    }

    /** How many nodes it needs at least. */
    default int nodesMin() {
        return 1;
    }

    Company company();

    /** Whether what it strikes is there by now. */
    default boolean isReady(Scene scene) {
        return true;
    }

    /** Chooses whom to do what; nothing is done yet. */
    Injection plan(Scene scene);

    /** What a fault bears beside itself: two of one company, or with a loner, don't overlap. */
    enum Company {
        NETWORK,
        NODES,
        CLOCKS,
        CLIENTS,
        /** While it lasts, the cluster needs every other node: or it concerns all of them. */
        ALONE
    }
}
