package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.core.State;
import io.quorate.raft.apply.GroupProgress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second after one group: lets it do its housekeeping, and reports it if it is broken or stuck. A
 * process that is alive with a dead group in it is worse than one that is restarted.
 *
 * <p>Threads: called by one thread at a time.
 */
final class Watchdog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final JRaftGroup group;
    private final long stuckMillisMax;
    private final FatalReport fatal;
    private long appliedIndex = -1;
    private long appliedAtNanos;
    private boolean reported;

    Watchdog(JRaftGroup group, long stuckMillisMax, FatalReport fatal) {
        this.group = group;
        this.stuckMillisMax = stuckMillisMax;
        this.fatal = fatal;
    }

    @Override
    public void run() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again, so this must be seen and survived.
            LOG.error("The housekeeping of group {} failed", group.id(), e);
        }
    }

    private void look(long nowNanos) {
        if (reported) {
            return;
        }
        if (group.node().getNodeState() == State.STATE_ERROR) {
            broken("Raft is in its error state; the log says since when and why");
            return;
        }
        GroupProgress progress = group.core().tick();
        if (group.isLeader() && progress.standstillMillis() > stuckMillisMax) {
            broken(progress.unresolvedEntries() + " entries wait, but none was committed for "
                    + progress.standstillMillis() + " ms");
        }
        lookAtApplying(nowNanos);
    }

    /** Committed entries that aren't applied: the apply thread hangs, or the state takes too long. */
    private void lookAtApplying(long nowNanos) {
        long applied = group.node().getLastAppliedLogIndex();
        boolean idle = group.node().getLastCommittedIndex() <= applied;
        if (applied != appliedIndex || idle || group.machine().isLoading()) {
            appliedIndex = applied;
            appliedAtNanos = nowNanos;
            return;
        }
        long stillMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - appliedAtNanos);
        if (stillMillis > stuckMillisMax) {
            broken("entries after " + applied + " are committed, but none was applied for " + stillMillis + " ms");
        }
    }

    private void broken(String cause) {
        reported = true;
        fatal.tell("group " + group.id() + " of node " + group.self() + ": " + cause);
    }
}
