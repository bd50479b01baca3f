package io.quorate.raft.placement;

import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Slots;
import io.quorate.raft.group.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Who is in the cluster and how its slots are dealt.
 *
 * @param clusterId names the cluster; nodes and clients of another are refused
 * @param epoch grows with every change of members or slots; 1 or more
 * @param dataGroups groups besides meta
 */
public record Topology(String clusterId, long epoch, int dataGroups, List<Member> members) {
    public Topology {
        members = List.copyOf(members);
    }

    public GroupId groupOf(int slot) {
        return Slots.groupOf(slot, dataGroups);
    }

    public Optional<Member> member(NodeId id) {
        return members.stream().filter(m -> m.id().equals(id)).findFirst();
    }
}
