package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final List<JRaftGroup> groups;
    private final Map<GroupId, Long> inOfficeSinceNanos = new HashMap<>();
    private final Map<GroupId, Long> handedOverAtNanos = new HashMap<>();
    private long lastNanos;

    LeadershipSpread(NodeId self, Peers peers, List<JRaftGroup> groups) {
        this.self = self;
        this.peers = peers;
        this.groups = groups;
        this.lastNanos = System.nanoTime();
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

    private void look(long nowNanos) {
        for (JRaftGroup group : groups) {
            if (group.isLeader()) {
                inOfficeSinceNanos.putIfAbsent(group.id(), nowNanos);
            } else {
                inOfficeSinceNanos.remove(group.id());
            }
        }
        if (nowNanos - lastNanos < PAUSE_NANOS) {
            return;
        }
        for (JRaftGroup group : groups) {
            if (mayGo(group, nowNanos)) {
                lastNanos = nowNanos;
                handedOverAtNanos.put(group.id(), nowNanos);
                NodeId to = peers.preferredLeader(group.id());
                group.transferLeadership(to).ifPresent(why -> LOG.info("Not handed to {}: {}", to, why));
                return;
            }
        }
    }

    private boolean mayGo(JRaftGroup group, long nowNanos) {
        Long since = inOfficeSinceNanos.get(group.id());
        NodeId preferred = peers.preferredLeader(group.id());
        if (since == null || nowNanos - since < IN_OFFICE_NANOS_MIN || preferred.equals(self)) {
            return false;
        }
        Long last = handedOverAtNanos.get(group.id());
        boolean triedLately = last != null && nowNanos - last < RETRY_NANOS;
        return !triedLately && answers(group, preferred);
    }

    private boolean answers(JRaftGroup group, NodeId member) {
        PeerId peer = peers.peer(member);
        try {
            return group.node().listAlivePeers().contains(peer);
        } catch (IllegalStateException e) {
            LOG.debug("Group {} is no longer led here", group.id(), e);
            return false;
        }
    }
}
