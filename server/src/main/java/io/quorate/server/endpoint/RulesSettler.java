package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.storage.api.StoreException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has meta change the rules when the time of one begins or ends, if this node leads meta. So nobody but meta's leader
 * looks at a clock: for nodes and clients, leases included, it is a change of rules like any other.
 */
public final class RulesSettler {
    private static final Logger LOG = LoggerFactory.getLogger(RulesSettler.class);
    /** Edges that are farther off wait for the next round. */
    private static final long AHEAD_MILLIS = 2_000;

    private final ReplicatedGroup meta;
    private final RuleCatalog catalog;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean proposed = new AtomicBoolean();

    /** A settler; {@code thread} runs what is due before the next round. */
    public RulesSettler(ReplicatedGroup meta, RuleCatalog catalog, ScheduledExecutorService thread) {
        this.meta = meta;
        this.catalog = catalog;
        this.thread = thread;
    }

    /** Settles what is due. To be called about once a second. */
    public void settle() {
        long edgeMillis = catalog.nextChangeMillis();
        if (edgeMillis == Long.MAX_VALUE || !meta.isLeader()) {
            return;
        }
        long waitMillis;
        try {
            waitMillis = meta.readLocal((view, nowMillis) -> edgeMillis - nowMillis);
        } catch (StoreException e) {
            LOG.warn("rules can't be settled: {}", e.getMessage());
            return;
        }
        if (waitMillis > 0) {
            if (waitMillis <= AHEAD_MILLIS) {
                var unused = thread.schedule(this::settle, waitMillis, TimeUnit.MILLISECONDS);
            }
            return;
        }
        if (proposed.compareAndSet(false, true)) {
            boolean taken = false;
            try {
                meta.submit(new Submission(new Command.SettleRules(), Submission.ANY_RULES, List.of(), new Proposed()));
                taken = true;
            } finally {
                if (!taken) {
                    proposed.set(false);
                }
            }
            meta.flush();
        }
    }

    /** Whatever comes of it, the next round looks again. */
    private final class Proposed implements Completion {
        @Override
        public void applied(Applied applied) {
            proposed.set(false);
        }

        @Override
        public void failed(Failure failure) {
            proposed.set(false);
        }
    }
}
