package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.Task;
import io.quorate.raft.apply.EntryLog;
import io.quorate.raft.apply.EntryLog.Loss;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A group's log as JRaft replicates it. Thread-safe. */
final class RaftEntries implements EntryLog {
    /** Null until the group's Raft is started; no one leads before. */
    private volatile @Nullable Node node;

    void startedAs(Node started) {
        node = started;
    }

    @Override
    public void append(byte[] entry, long term, Proposal proposal) {
        Pending pending = new Pending(proposal);
        Node target = node;
        if (target == null) {
            pending.lost(Loss.NOT_READY, "the group is starting");
            return;
        }
        try {
            target.apply(new Task(ByteBuffer.wrap(entry), pending, term));
        } catch (RuntimeException e) {
            // JRaft throws before it takes the task: when it shuts down, or can't even queue the refusal.
            pending.lost(Loss.NOT_READY, "the group is shutting down: " + e);
        }
    }

    /** A proposal on its way through JRaft; told of its end at most once. */
    static final class Pending implements Closure {
        private final Proposal proposal;
        private final AtomicBoolean ended = new AtomicBoolean();

        Pending(Proposal proposal) {
            this.proposal = proposal;
        }

        /** The entry is committed and about to be applied. */
        Proposal proposal() {
            return proposal;
        }

        @Override
        public void run(Status status) {
            if (!status.isOk()) {
                lost(loss(status), status.getErrorMsg());
            }
        }

        private void lost(Loss loss, String reason) {
            if (ended.compareAndSet(false, true)) {
                proposal.lost(loss, reason);
            }
        }
    }

    /**
     * What JRaft's refusal says. EPERM alone doesn't say much: it is also what is told to entries in the log when
     * the leader steps down, and those may be committed by the next leader.
     */
    static Loss loss(Status status) {
        String text = status.getErrorMsg() == null ? "" : status.getErrorMsg();
        switch (status.getRaftError()) {
            case EBUSY:
                return text.equals("Is transferring leadership.") ? Loss.NOT_LEADING : Loss.BUSY;
            case ENODESHUTDOWN:
                return Loss.NOT_READY;
            case EPERM:
                return text.equals("Is not leader.") || text.startsWith("expected_term=")
                        ? Loss.NOT_LEADING
                        : Loss.UNKNOWN;
            default:
                return Loss.UNKNOWN;
        }
    }
}
