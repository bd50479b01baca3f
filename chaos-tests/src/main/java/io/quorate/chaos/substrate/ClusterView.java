package io.quorate.chaos.substrate;

import io.quorate.client.api.QuorateAdmin.GroupInfo;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a cluster says of itself to a client: who leads, and whether all have caught up. */
public final class ClusterView implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Substrate substrate;
    private final QuorateClient client;

    private ClusterView(Substrate substrate, QuorateClient client) {
        this.substrate = substrate;
        this.client = client;
    }

    /** Waits until a node answers. */
    public static ClusterView open(Substrate substrate, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return new ClusterView(
                        substrate,
                        QuorateClient.builder()
                                .leases(false)
                                .endpoints(substrate.clientEndpoints().split(",", -1))
                                .requestTimeout(ANSWER_MAX)
                                .name("cluster-view")
                                .build());
            } catch (QuorateException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("no node answers after " + timeout, e);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    /** A client without leases, for administration. */
    public QuorateClient client() {
        return client;
    }

    /** The node that leads a group, if one says so; of several, the one of the latest term. */
    public Optional<ChaosNode> leader(int group) {
        try {
            return client.admin().group(group).stream()
                    .filter(g -> g.role().equals("leader"))
                    .max(Comparator.comparingLong(GroupInfo::term))
                    .map(g -> substrate.node(g.node()));
        } catch (QuorateException e) {
            return Optional.empty();
        }
    }

    /** Waits for the leader of a group. */
    public ChaosNode awaitLeader(int group, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<ChaosNode> leader = leader(group);
            if (leader.isPresent()) {
                return leader.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("group " + group + " has no leader after " + timeout);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Waits until every node answers, every group has one leader, and every replica has applied what the leader had
     * applied when it was first seen. (Entries of membership, such as a new leader's first, never count as applied.)
     *
     * @throws IllegalStateException that says what isn't so
     */
    public void awaitWhole(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<Integer, Long> applied = new HashMap<>();
        Optional<String> wrong = unwhole(applied);
        while (wrong.isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("not whole after " + timeout + ": " + wrong.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
            wrong = unwhole(applied);
        }
    }

    /** Whether every node answers, every group has one leader, and every replica has applied what that one has. */
    public boolean isWhole() {
        return unwhole(new HashMap<>()).isEmpty();
    }

    private Optional<String> unwhole(Map<Integer, Long> applied) {
        for (int group = 0; group <= substrate.groups(); group++) {
            List<GroupInfo> replicas;
            try {
                replicas = client.admin().group(group);
            } catch (QuorateException e) {
                return Optional.of("group " + group + ": " + e.getMessage());
            }
            if (replicas.size() < substrate.nodes().size()) {
                return Optional.of("group " + group + " is described by "
                        + replicas.stream().map(GroupInfo::node).toList() + " alone");
            }
            List<GroupInfo> leaders =
                    replicas.stream().filter(g -> g.role().equals("leader")).toList();
            if (leaders.size() != 1) {
                return Optional.of("group " + group + " is led by "
                        + leaders.stream().map(GroupInfo::node).toList());
            }
            long known = applied.computeIfAbsent(group, g -> leaders.get(0).appliedIndex());
            for (GroupInfo replica : replicas) {
                if (replica.appliedIndex() < known) {
                    return Optional.of("group " + group + ": " + replica.node() + " has applied "
                            + replica.appliedIndex() + " of " + known);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Waits until all replicas of every group have applied the same and have the same digest, of it; to be called when
     * nothing is asked any more.
     *
     * @throws IllegalStateException that says which haven't
     */
    public void awaitSameState(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (int group = 0; group <= substrate.groups(); group++) {
            List<GroupInfo> replicas = client.admin().group(group);
            while (replicas.size() < substrate.nodes().size()
                    || replicas.stream()
                                    .map(r -> r.appliedIndex() + "/" + r.digest())
                                    .distinct()
                                    .count()
                            > 1) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("S9: replicas differ after " + timeout + ": " + replicas);
                }
                LockSupport.parkNanos(POLL_NANOS);
                replicas = client.admin().group(group);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
