package io.quorate.client.route;

import io.quorate.protocol.v1.Topology;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The groups, and what is believed of their leaders. Confined to the loop. */
final class GroupTable {
    /** Hints followed from node to node before the topology is asked. */
    private static final int HOPS_MAX = 3;

    private final Router router;
    private final LeaderProbe probe;
    private GroupRoute[] groups = new GroupRoute[0];

    GroupTable(Router router, LeaderProbe probe) {
        this.router = router;
        this.probe = probe;
    }

    /** Whether the cluster's groups aren't known yet. */
    boolean isEmpty() {
        return groups.length == 0;
    }

    /** Groups, meta included. */
    int count() {
        return groups.length;
    }

    int dataGroups() {
        return groups.length - 1;
    }

    GroupRoute[] all() {
        return groups;
    }

    /** The group with a number; null if there is none. */
    @Nullable
    GroupRoute byNumber(int number) {
        return number < 0 || number >= groups.length ? null : groups[number];
    }

    /** Takes over a topology's groups, and its leaders where none is known that can be reached. */
    void adopt(Topology topology, NodeTable nodes) {
        int count = topology.getDataGroups() + 1;
        if (groups.length < count) {
            int known = groups.length;
            groups = Arrays.copyOf(groups, count);
            for (int i = known; i < count; i++) {
                groups[i] = new GroupRoute(i);
            }
        }
        for (Topology.Leader leader : topology.getLeadersList()) {
            GroupRoute group = byNumber(leader.getGroup());
            NodeRoute node = nodes.byId(leader.getNode());
            if (group != null && node != null && node.ready() && !group.hasReadyLeader()) {
                group.claim(node);
            }
        }
    }

    /** A node answered as only a leader does. */
    void confirm(GroupRoute group, NodeRoute node) {
        if (group.leader == node && group.confirmed) {
            return;
        }
        if (group.leader == null || group.leader == node) {
            group.leader = node;
            group.confirmed = true;
            group.scout = null;
            group.hops = 0;
            probe.settled();
            router.reroute(group.parked);
        }
    }

    /** A node said that it doesn't lead, and perhaps who does. */
    void redirect(GroupRoute group, NodeRoute from, String hint, NodeTable nodes) {
        if (group.leader != from) {
            return; // another answer has said so before
        }
        NodeRoute to = hint.isEmpty() ? null : nodes.byId(hint);
        if (to != null && to != from && to.ready() && group.hops < HOPS_MAX) {
            group.hops++;
            group.claim(to);
        } else {
            group.hops = 0;
            group.doubt();
            probe.ensure();
        }
    }

    /** A node can't serve as the group's leader now, if it was taken for it. */
    void doubt(GroupRoute group, NodeRoute node) {
        if (group.leader == node) {
            group.doubt();
            probe.ensure();
        }
    }

    /** A node can't be reached. */
    void doubtAll(NodeRoute node) {
        for (GroupRoute group : groups) {
            doubt(group, node);
        }
    }

    /** A scout is back without news of a leader: the next one may go. */
    void unscout(Call call) {
        GroupRoute group = call.route;
        if (group != null && group.scout == call) {
            group.scout = null;
        }
    }

    /** Sends what is parked, or a scout, wherever there is a leader to send it to. */
    void wake() {
        for (GroupRoute group : groups) {
            for (int left = group.parked.size(); left > 0 && (group.confirmed || group.scout == null); left--) {
                Call next = group.hasReadyLeader() ? group.parked.poll() : null;
                if (next == null) {
                    break;
                }
                router.route(next);
            }
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(groups);
    }

    boolean needLeaders() {
        for (GroupRoute group : groups) {
            if (!group.parked.isEmpty() && !group.hasReadyLeader()) {
                return true;
            }
        }
        return false;
    }
}
