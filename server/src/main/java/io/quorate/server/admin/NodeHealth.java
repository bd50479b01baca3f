package io.quorate.server.admin;

import io.quorate.raft.group.ReplicatedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whether this node lives, and whether it can serve. Thread-safe. */
public final class NodeHealth {
    private final List<ReplicatedGroup> groups;
    private final BooleanSupplier rulesLoaded;
    private final BooleanSupplier stopping;

    public NodeHealth(List<ReplicatedGroup> groups, BooleanSupplier rulesLoaded, BooleanSupplier stopping) {
        this.groups = List.copyOf(groups);
        this.rulesLoaded = rulesLoaded;
        this.stopping = stopping;
    }

    /** Why this node should be restarted; empty if it shouldn't. */
    public List<String> illnesses() {
        List<String> reasons = new ArrayList<>();
        for (ReplicatedGroup group : groups) {
            if (group.status().role().equals("error")) {
                reasons.add("group " + group.id().value() + " halted on this node");
            }
        }
        return reasons;
    }

    /** Why this node can't serve now; empty if it can. */
    public List<String> obstacles() {
        List<String> reasons = new ArrayList<>(illnesses());
        if (stopping.getAsBoolean()) {
            reasons.add("the node is shutting down");
        }
        for (ReplicatedGroup group : groups) {
            if (group.status().role().equals("newcomer")) {
                reasons.add("group " + group.id().value()
                        + " began with nothing on this node and waits to hear from all other members");
            } else if (group.leader().isEmpty()) {
                reasons.add("group " + group.id().value() + " has no leader known to this node");
            }
        }
        if (!rulesLoaded.getAsBoolean()) {
            reasons.add("the rules aren't loaded yet");
        }
        return reasons;
    }
}
