package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** Three nodes in this JVM, on loopback, with wall clocks that a test can set. */
final class TestCluster implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(40);

    private final Topology topology;
    private final Path root;
    private final UnaryOperator<RaftSettings> change;
    private final Map<NodeId, RaftNode> running =
            new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    private final Map<NodeId, AtomicLong> wallSkewMillis = new HashMap<>();
    private NodeParts.Stores stores = NodeParts.REAL.stores();
    final ConcurrentLinkedQueue<String> fatal = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Long> rulesVersions = new ConcurrentLinkedQueue<>();

    TestCluster(Path root, int dataGroups, UnaryOperator<RaftSettings> change) {
        this.root = root;
        this.change = change;
        List<Member> members = new ArrayList<>();
        List<Integer> ports = freePorts(3);
        for (int i = 1; i <= 3; i++) {
            NodeId id = new NodeId("n" + i);
            members.add(new Member(id, "127.0.0.1:" + ports.get(i - 1), "127.0.0.1:1"));
            wallSkewMillis.put(id, new AtomicLong());
        }
        // A name of its own for each cluster: what is left of an earlier one must not find its way into this.
        topology = new Topology("test." + ports.get(0), 1, dataGroups, members);
    }

    static List<Integer> freePorts(int count) {
        List<ServerSocket> held = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : held) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ports;
    }

    /** The stores of nodes started from now on. */
    void useStores(NodeParts.Stores kind) {
        stores = kind;
    }

    List<NodeId> ids() {
        return topology.members().stream().map(Member::id).toList();
    }

    void startAll() {
        ids().forEach(this::start);
        // Before that a group survives no failure.
        Awaitility.await("all groups have all their members")
                .atMost(LONG)
                .until(() -> running.values().stream()
                        .flatMap(node -> node.groups().stream())
                        .noneMatch(group -> group.status().role().equals("newcomer")));
    }

    RaftSettings settings(NodeId id) {
        RaftSettings shipped = RaftSettings.of(id, topology, root.resolve(id.value()));
        return change.apply(shipped);
    }

    void start(NodeId id) {
        AtomicLong skew = wallSkewMillis.get(id);
        NodeParts parts = new NodeParts(
                System::nanoTime, () -> System.currentTimeMillis() + skew.get(), NodeParts.REAL.bootId(), stores);
        running.put(id, RaftNode.start(settings(id), parts, rulesVersions::add, fatal::add));
    }

    void stop(NodeId id) {
        RaftNode node = running.remove(id);
        node.close();
    }

    /** Ends a node as a crash would, as far as the others can tell: it is cut off first, and hands nothing over. */
    void crash(NodeId id) {
        RaftNode node = running.remove(id);
        node.cutOff();
        node.close();
    }

    void jumpWallClock(NodeId id, long millis) {
        wallSkewMillis.get(id).addAndGet(millis);
    }

    RaftNode node(NodeId id) {
        return running.get(id);
    }

    ReplicatedGroup group(NodeId node, int id) {
        return running.get(node).group(new GroupId(id));
    }

    Optional<NodeId> leaderNow(int group) {
        return running.entrySet().stream()
                .filter(e -> e.getValue().group(new GroupId(group)).isLeader())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The group where it is led; its node may end at any time. */
    Optional<ReplicatedGroup> ledNow(int group) {
        return running.values().stream()
                .map(node -> node.group(new GroupId(group)))
                .filter(ReplicatedGroup::isLeader)
                .findFirst();
    }

    NodeId awaitLeader(int group) {
        return Awaitility.await("a leader of group " + group)
                .atMost(LONG)
                .until(() -> leaderNow(group), Optional::isPresent)
                .orElseThrow();
    }

    NodeId follower(int group) {
        NodeId leader = awaitLeader(group);
        return running.keySet().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    void assertNothingFatal() {
        assertThat(fatal).isEmpty();
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
