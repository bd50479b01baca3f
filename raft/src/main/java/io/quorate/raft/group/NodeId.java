package io.quorate.raft.group;

import io.quorate.core.quota.Names;

/** Names a node of the cluster, for example {@code n1}. */
public record NodeId(String value) {
    public NodeId {
        Names.checkName("node id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
