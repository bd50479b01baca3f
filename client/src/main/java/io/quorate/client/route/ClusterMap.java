package io.quorate.client.route;

import io.quorate.protocol.v1.Topology;
import java.util.ArrayList;
import java.util.List;

/** Who is in the cluster, as of an epoch. Immutable. */
public record ClusterMap(String clusterId, long epoch, int dataGroups, List<Node> nodes) {
    public ClusterMap {
        nodes = List.copyOf(nodes);
    }

    /** A node as the cluster lists it. */
    public record Node(String id, String clientAddress, String raftAddress) {}

    static ClusterMap of(Topology topology) {
        List<Node> nodes = new ArrayList<>(topology.getNodesCount());
        for (Topology.Node node : topology.getNodesList()) {
            nodes.add(new Node(node.getId(), node.getClientAddress(), node.getRaftAddress()));
        }
        return new ClusterMap(topology.getClusterId(), topology.getEpoch(), topology.getDataGroups(), nodes);
    }
}
