package io.quorate.server.endpoint;

import io.quorate.core.quota.Slots;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.placement.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups of this node by number, and which of them each slot is in. Immutable. */
public final class Groups {
    private final Topology topology;
    private final ReplicatedGroup[] byNumber;
    private final byte[] groupOfSlot = new byte[Slots.COUNT];

    /**
     * Orders the groups.
     *
     * @param groups all of the topology, meta first
     */
    public Groups(Topology topology, List<ReplicatedGroup> groups) {
        if (groups.size() != 1 + topology.dataGroups()) {
            throw new IllegalArgumentException(
                    "the topology has " + topology.dataGroups() + " data groups and meta, not " + groups.size());
        }
        this.topology = topology;
        this.byNumber = groups.toArray(new ReplicatedGroup[0]);
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            groupOfSlot[slot] = (byte) topology.groupOf(slot).value();
        }
    }

    Topology topology() {
        return topology;
    }

    ReplicatedGroup meta() {
        return byNumber[0];
    }

    /** Every group, meta first. */
    public List<ReplicatedGroup> all() {
        return List.of(byNumber);
    }

    /** The group of this number, or null. */
    @Nullable
    ReplicatedGroup any(int number) {
        return number >= 0 && number < byNumber.length ? byNumber[number] : null;
    }

    /** The data group of this number, or null. */
    @Nullable
    ReplicatedGroup data(int number) {
        return number >= 1 && number < byNumber.length ? byNumber[number] : null;
    }

    int groupOfSlot(int slot) {
        return groupOfSlot[slot];
    }

    Failure noSuchGroup(int number) {
        return Failures.of(
                Code.NOT_FOUND,
                "this cluster has group 0 (meta) and data groups 1 to " + (byNumber.length - 1) + ", not group "
                        + Integer.toUnsignedString(number));
    }

    static Failure notLeader(ReplicatedGroup group) {
        return Failures.notLeader(
                group.id().value(), group.leader().map(NodeId::value).orElse(""));
    }
}
