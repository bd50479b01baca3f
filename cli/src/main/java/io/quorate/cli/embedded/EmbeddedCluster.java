package io.quorate.cli.embedded;

import io.quorate.raft.group.NodeId;
import io.quorate.raft.jraft.RaftSettings;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.server.QuorateServer;
import io.quorate.server.config.ServerConfig;
import io.quorate.server.config.ServerLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A cluster of real nodes in this process, each with its own folder and its own ports on loopback. Single nodes can
 * be killed and started again over what they left.
 *
 * <p>Nodes are named n1, n2 and so on. Methods may be called from any thread; those that start, stop or kill wait
 * for each other.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1:";
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Shape shape;
    private final Topology topology;
    private final List<Integer> adminPorts;
    private final Map<String, QuorateServer> running = new LinkedHashMap<>();
    private final List<String> fatal = new CopyOnWriteArrayList<>();

    /**
     * What a cluster is made of.
     *
     * @param directory each node gets a folder of its name in it
     * @param clusterId names the cluster
     * @param nodes how many
     * @param dataGroups groups besides meta
     * @param portFirst 0: free ports; else node i has client port {@code portFirst + i}, Raft port 100 above it and
     *     admin port 200 above it, i from 0; a cluster whose folders are used again needs the same ports again
     * @param admin whether nodes have an admin port (metrics and health)
     * @param raft changes each node's replication settings
     * @param limits bounds of the client ports
     */
    public record Shape(
            Path directory,
            String clusterId,
            int nodes,
            int dataGroups,
            int portFirst,
            boolean admin,
            UnaryOperator<RaftSettings> raft,
            ServerLimits limits) {

        /** Three nodes and four data groups on free ports, with shipped settings. */
        public static Shape of(Path directory) {
            return new Shape(directory, "embedded", 3, 4, 0, false, UnaryOperator.identity(), ServerLimits.DEFAULT);
        }

        public Shape withNodes(int count) {
            return new Shape(directory, clusterId, count, dataGroups, portFirst, admin, raft, limits);
        }

        public Shape withDataGroups(int count) {
            return new Shape(directory, clusterId, nodes, count, portFirst, admin, raft, limits);
        }

        /** Fixed ports, from this one on. */
        public Shape withPorts(int first) {
            return new Shape(directory, clusterId, nodes, dataGroups, first, admin, raft, limits);
        }

        public Shape withAdmin() {
            return new Shape(directory, clusterId, nodes, dataGroups, portFirst, true, raft, limits);
        }

        public Shape withRaft(UnaryOperator<RaftSettings> change) {
            return new Shape(directory, clusterId, nodes, dataGroups, portFirst, admin, change, limits);
        }
    }

    private EmbeddedCluster(Shape shape) {
        this.shape = shape;
        int count = shape.nodes();
        List<Integer> ports = shape.portFirst() == 0 ? FreePorts.take(3 * count) : fixedPorts(shape);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(
                    new Member(new NodeId("n" + (i + 1)), LOOPBACK + ports.get(count + i), LOOPBACK + ports.get(i)));
        }
        this.topology = new Topology(shape.clusterId(), 1, shape.dataGroups(), members);
        this.adminPorts = ports.subList(2 * count, 3 * count);
    }

    /** Starts all nodes; groups may still be without a leader. */
    public static EmbeddedCluster start(Shape shape) {
        EmbeddedCluster cluster = new EmbeddedCluster(shape);
        try {
            cluster.nodeIds().forEach(cluster::start);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    public List<String> nodeIds() {
        return topology.members().stream().map(member -> member.id().value()).toList();
    }

    /** How many groups there are besides meta. */
    public int dataGroups() {
        return shape.dataGroups();
    }

    /** Client addresses of all nodes, running or not. */
    public List<String> endpoints() {
        return topology.members().stream().map(Member::clientAddress).toList();
    }

    /** The admin address of a node; empty if the cluster was made without. */
    public Optional<String> adminAddress(String id) {
        int at = nodeIds().indexOf(id);
        return shape.admin() ? Optional.of(LOOPBACK + adminPorts.get(at)) : Optional.empty();
    }

    public synchronized boolean isRunning(String id) {
        return running.containsKey(id);
    }

    /** Starts a node that isn't running, over what it left on disk. */
    public synchronized void start(String id) {
        if (running.containsKey(id)) {
            return;
        }
        Member member = topology.member(new NodeId(id))
                .orElseThrow(() -> new IllegalArgumentException("no node " + id + "; there are " + nodeIds()));
        Path data = shape.directory().resolve(id);
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder of node " + id + ": " + data, e);
        }
        RaftSettings raft = shape.raft().apply(RaftSettings.of(member.id(), topology, data));
        ServerConfig config = new ServerConfig(raft, member.clientAddress(), adminAddress(id), shape.limits());
        running.put(id, QuorateServer.start(config, message -> fatal.add(id + ": " + message)));
    }

    /** Ends a node as a crash would: without handing its leaderships over or answering what is in flight. */
    public synchronized void kill(String id) {
        QuorateServer server = running.remove(id);
        if (server != null) {
            server.kill();
        }
    }

    /** Ends a node gracefully. */
    public synchronized void stop(String id) {
        QuorateServer server = running.remove(id);
        if (server != null) {
            server.close();
        }
    }

    /** The node that leads a group, if a running node says that it does itself. */
    public synchronized Optional<String> leader(int group) {
        for (Map.Entry<String, QuorateServer> node : running.entrySet()) {
            if (node.getKey().equals(node.getValue().leaders().get(group))) {
                return Optional.of(node.getKey());
            }
        }
        return Optional.empty();
    }

    /**
     * Waits until every group has a leader, and all running nodes as members: before that it survives no failure.
     *
     * @throws IllegalStateException if that takes longer than {@code timeout}
     */
    public void awaitLeaders(Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        List<Integer> unfinished = unfinished();
        while (!unfinished.isEmpty()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(
                        "groups " + unfinished + " lack a leader or members after " + timeout + "; " + fatal);
            }
            LockSupport.parkNanos(this, POLL_NANOS);
            unfinished = unfinished();
        }
    }

    /** What nodes reported before they gave up; none in a healthy cluster. */
    public List<String> fatalErrors() {
        return List.copyOf(fatal);
    }

    /** Stops all nodes gracefully. */
    @Override
    public void close() {
        for (String id : nodeIds()) {
            stop(id);
        }
    }

    private synchronized List<Integer> unfinished() {
        Set<Integer> groups = new TreeSet<>();
        for (int group = 0; group <= shape.dataGroups(); group++) {
            if (leader(group).isEmpty()) {
                groups.add(group);
            }
        }
        running.values().forEach(server -> groups.addAll(server.newcomers()));
        return List.copyOf(groups);
    }

    private static List<Integer> fixedPorts(Shape shape) {
        List<Integer> ports = new ArrayList<>();
        for (int role = 0; role < 3; role++) {
            for (int i = 0; i < shape.nodes(); i++) {
                ports.add(shape.portFirst() + 100 * role + i);
            }
        }
        return ports;
    }
}
