package io.quorate.client.route;

import io.quorate.protocol.v1.Topology;
import io.quorate.protocol.v1.Welcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that the client talks to: those it was given, and those that the cluster lists. Confined to the
 * loop.
 */
final class NodeTable {
    final Router router;
    final Links links;
    private final RouterSettings settings;
    /** All, in a fixed order for asking around. */
    private final List<NodeRoute> nodes = new ArrayList<>();

    private final Map<String, NodeRoute> byId = new HashMap<>();
    private @Nullable ClusterMap map;
    private int turn;

    NodeTable(Router router, Links links, RouterSettings settings) {
        this.router = router;
        this.links = links;
        this.settings = settings;
    }

    void connectToEndpoints() {
        for (String endpoint : settings.endpoints()) {
            if (nodes.stream().noneMatch(n -> n.address.equals(endpoint))) {
                add(endpoint).connect();
            }
        }
    }

    @Nullable
    ClusterMap map() {
        return map;
    }

    @Nullable
    NodeRoute byId(String id) {
        return byId.get(id);
    }

    List<NodeRoute> all() {
        return nodes;
    }

    /** The next ready node in turn; null if none is. */
    @Nullable
    NodeRoute nextReady() {
        for (int i = 0; i < nodes.size(); i++) {
            turn = (turn + 1) % nodes.size();
            if (nodes.get(turn).ready()) {
                return nodes.get(turn);
            }
        }
        return null;
    }

    /** Why there is no connection, for people. */
    String troubles() {
        StringBuilder out = new StringBuilder();
        for (NodeRoute node : nodes) {
            if (!node.ready()) {
                out.append(out.length() == 0 ? "" : "; ").append(node.address).append(": ");
                out.append(node.trouble);
            }
        }
        return out.toString();
    }

    void welcomed(NodeRoute node, Welcome welcome) {
        String wanted = map == null ? settings.clusterId() : map.clusterId();
        String cluster = welcome.getTopology().getClusterId();
        if (!wanted.isEmpty() && !wanted.equals(cluster)) {
            node.sever("belongs to cluster '" + cluster + "', not '" + wanted + "'");
            return;
        }
        NodeRoute other = byId.get(welcome.getNodeId());
        if (other != null && other != node) {
            if (other.ready()) {
                remove(node); // the same node under another address
                return;
            }
            remove(other);
        }
        name(node, welcome.getNodeId());
        router.adopt(welcome.getTopology());
        router.watch.connected(node);
    }

    /** Takes over members from a topology, unless a newer one is known. Whether it did. */
    boolean adopt(Topology topology) {
        ClusterMap known = map;
        if (known != null && topology.getEpoch() < known.epoch()
                || topology.getDataGroups() < 1
                || known != null && !known.clusterId().equals(topology.getClusterId())) {
            return false;
        }
        if (known != null && topology.getEpoch() == known.epoch()) {
            return true;
        }
        ClusterMap next = ClusterMap.of(topology);
        map = next;
        for (ClusterMap.Node node : next.nodes()) {
            if (!byId.containsKey(node.id())) {
                NodeRoute route = unnamedAt(node.clientAddress());
                name(route == null ? add(node.clientAddress()) : route, node.id());
            }
        }
        for (NodeRoute route : List.copyOf(nodes)) {
            String id = route.id;
            if (id == null) {
                continue; // an endpoint that hasn't said who it is
            }
            if (next.nodes().stream().anyMatch(n -> n.id().equals(id))) {
                if (!router.wheel.isScheduled(route)) {
                    route.connect();
                }
            } else {
                remove(route);
            }
        }
        return true;
    }

    void closeAll() {
        for (NodeRoute node : nodes) {
            node.close();
        }
        nodes.clear();
        byId.clear();
    }

    private @Nullable NodeRoute unnamedAt(String address) {
        for (NodeRoute node : nodes) {
            if (node.id == null && node.address.equals(address)) {
                return node;
            }
        }
        return null;
    }

    private void name(NodeRoute node, String id) {
        if (node.id != null && byId.get(node.id) == node) {
            byId.remove(node.id);
        }
        node.id = id;
        byId.put(id, node);
    }

    private NodeRoute add(String address) {
        NodeRoute node = new NodeRoute(
                address, this, new Backoff(settings.backoffMinNanos(), settings.reconnectMaxNanos(), router.random()));
        nodes.add(node);
        return node;
    }

    private void remove(NodeRoute node) {
        List<Call> unanswered = node.close();
        nodes.remove(node);
        if (node.id != null && byId.get(node.id) == node) {
            byId.remove(node.id);
        }
        router.lost(node, unanswered);
    }
}
