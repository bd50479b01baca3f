package io.quorate.raft.jraft;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the groups' leaders back to the members that should lead them, so that the work is spread after an
 * election put it on one node.
 *
 * <p>Gently, since a group takes no commands while it is handed over: one group at a time with a pause between,
 * only from a leader that was in office for a while, only to a member that answers, and the same group not again
 * for long, in case that it came to nothing.
 *
 * <p>Threads: called about once a second, by one thread at a time.
 */
final class LeadershipSpread implements Runnable {
    private static final long IN_OFFICE_NANOS_MIN = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Logger LOG = LoggerFactory.getLogger(LeadershipSpread.class);

    private final NodeId self;
    private final Peers peers;
    private final List<? extends Led> groups;
    private final Map<GroupId, Long> inOfficeSinceNanos = new HashMap<>();
    private final Map<GroupId, Long> handedOverAtNanos = new HashMap<>();
    private long lastNanos;

    LeadershipSpread(NodeId self, Peers peers, List<? extends Led> groups, long nowNanos) {
        this.self = self;
        this.peers = peers;
        this.groups = groups;
        this.lastNanos = nowNanos;
    }

    /** A group as far as it is led here. */
    interface Led {
        GroupId id();

        boolean isLeader();

        /** Whether this member answered the leader, which is here, of late. */
        boolean answers(NodeId member);

        /** Asks a member to take over. Gives an error text if it can't be asked. */
        Optional<String> transferLeadership(NodeId to);
    }

    @Override
    public void run() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again, so this must be seen and survived.
            LOG.error("Spreading the leaders failed", e);
        }
    }

    void look(long nowNanos) {
        for (Led group : groups) {
            if (group.isLeader()) {
                inOfficeSinceNanos.putIfAbsent(group.id(), nowNanos);
            } else {
                inOfficeSinceNanos.remove(group.id());
            }
        }
        if (nowNanos - lastNanos < PAUSE_NANOS) {
            return;
        }
        for (Led group : groups) {
            if (mayGo(group, nowNanos)) {
                lastNanos = nowNanos;
                handedOverAtNanos.put(group.id(), nowNanos);
                NodeId to = peers.preferredLeader(group.id());
                group.transferLeadership(to).ifPresent(why -> LOG.info("Not handed to {}: {}", to, why));
                return;
            }
        }
    }

    private boolean mayGo(Led group, long nowNanos) {
        Long since = inOfficeSinceNanos.get(group.id());
        NodeId preferred = peers.preferredLeader(group.id());
        if (since == null || nowNanos - since < IN_OFFICE_NANOS_MIN || preferred.equals(self)) {
            return false;
        }
        Long last = handedOverAtNanos.get(group.id());
        boolean triedLately = last != null && nowNanos - last < RETRY_NANOS;
        return !triedLately && group.answers(preferred);
    }
}
