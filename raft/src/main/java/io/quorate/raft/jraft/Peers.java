package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Endpoint;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The topology's members in JRaft's terms, and back. Immutable. */
final class Peers {
    private final Topology topology;
    private final Map<NodeId, PeerId> byNode = new HashMap<>();
    private final Map<PeerId, NodeId> byPeer = new HashMap<>();
    private final List<NodeId> sorted = new ArrayList<>();

    /** Throws {@link IllegalArgumentException} that says which member is wrong. */
    Peers(Topology topology) {
        this.topology = topology;
        for (Member member : topology.members()) {
            PeerId peer = new PeerId(endpoint(member), 0);
            if (byNode.put(member.id(), peer) != null || byPeer.put(peer, member.id()) != null) {
                throw new IllegalArgumentException(
                        "member " + member.id() + " at " + member.raftAddress() + " is in the topology twice");
            }
            sorted.add(member.id());
        }
        sorted.sort(Comparator.comparing(NodeId::value));
    }

    private static Endpoint endpoint(Member member) {
        String address = member.raftAddress();
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 65_536) {
                return new Endpoint(address.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(wrong(member), e);
        }
        throw new IllegalArgumentException(wrong(member));
    }

    private static String wrong(Member member) {
        return "the Raft address of member " + member.id() + " must be host:port with a port of 1 to 65535, not '"
                + member.raftAddress() + "'";
    }

    Optional<PeerId> find(NodeId node) {
        return Optional.ofNullable(byNode.get(node));
    }

    /** The peer of a member of the topology. Throws {@link IllegalArgumentException} if there is none. */
    PeerId peer(NodeId node) {
        PeerId peer = byNode.get(node);
        if (peer == null) {
            throw new IllegalArgumentException("node " + node + " isn't in the topology, which has " + sorted);
        }
        return peer;
    }

    /** The member at a peer's address. */
    Optional<NodeId> node(@Nullable PeerId peer) {
        return peer == null || peer.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(byPeer.get(new PeerId(peer.getEndpoint(), 0)));
    }

    List<NodeId> nodes(Iterable<PeerId> peers) {
        List<NodeId> nodes = new ArrayList<>();
        for (PeerId peer : peers) {
            node(peer).ifPresent(nodes::add);
        }
        nodes.sort(Comparator.comparing(NodeId::value));
        return nodes;
    }

    /** All members but one. */
    List<PeerId> others(NodeId self) {
        return sorted.stream().filter(id -> !id.equals(self)).map(byNode::get).toList();
    }

    Configuration configuration() {
        return new Configuration(sorted.stream().map(byNode::get).toList());
    }

    /** The member that should lead a group when all are well: the groups are dealt to the members in turn. */
    NodeId preferredLeader(GroupId group) {
        return sorted.get(group.value() % sorted.size());
    }

    /**
     * The name by which JRaft knows a group: with the cluster's id, so that the groups of two clusters are never
     * taken for each other. JRaft allows letters, digits, {@code -} and {@code _} only.
     */
    String groupName(GroupId group) {
        return group + "_" + topology.clusterId().replace("_", "__").replace(".", "_d");
    }
}
