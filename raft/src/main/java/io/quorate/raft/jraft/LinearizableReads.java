package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.quorate.raft.group.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The first half of linearizable reads: asks a quorum whether this node still leads, once for all reads that
 * came while the last question was open. Thread-safe.
 *
 * <p>Reads go on, or fail, on JRaft's threads, outside of any lock of this class.
 */
final class LinearizableReads {
    private static final int WAITING_MAX = 10_000;
    private static final long RETRY_MILLIS = 50;
    private static final byte[] NO_CONTEXT = {};

    private final Node node;
    private final long timeoutMillis;
    private final Supplier<Failure> notLeader;

    // Guarded by this.
    private List<Waiting> waiting = new ArrayList<>();
    private boolean asking;

    /**
     * Reads over one group.
     *
     * @param notLeader what to tell a reader when this node turns out not to lead
     */
    LinearizableReads(Node node, long timeoutMillis, Supplier<Failure> notLeader) {
        this.node = node;
        this.timeoutMillis = timeoutMillis;
        this.notLeader = notLeader;
    }

    /** A read that waits to go on. Exactly one of its methods is called, once. */
    interface Waiting {
        void confirmed();

        void failed(Failure failure);
    }

    void add(Waiting read) {
        boolean full;
        synchronized (this) {
            full = waiting.size() >= WAITING_MAX;
            if (!full) {
                waiting.add(read);
            }
        }
        if (full) {
            read.failed(new Failure.Overloaded("reads waiting, " + WAITING_MAX, RETRY_MILLIS));
        } else {
            askNext();
        }
    }

    private void askNext() {
        List<Waiting> batch;
        synchronized (this) {
            if (asking || waiting.isEmpty()) {
                return;
            }
            asking = true;
            batch = waiting;
            waiting = new ArrayList<>();
        }
        Question question = new Question(batch);
        try {
            node.readIndex(NO_CONTEXT, question);
        } catch (RuntimeException e) {
            // JRaft throws when it shuts down; it may have told the closure, too, so that one decides.
            question.ended(new Failure.NotReady("the group is shutting down", RETRY_MILLIS));
        }
    }

    /** One question to the quorum, for a batch of reads. */
    private final class Question extends ReadIndexClosure {
        // Guarded by this.
        private @Nullable List<Waiting> batch;

        Question(List<Waiting> batch) {
            super(timeoutMillis);
            this.batch = batch;
        }

        @Override
        public void run(Status status, long index, byte[] context) {
            ended(status.isOk() ? null : why(status));
        }

        private Failure why(Status status) {
            return node.isLeader(false)
                    ? new Failure.NotReady(
                            "the leader can't confirm that it leads: " + status.getErrorMsg(), RETRY_MILLIS)
                    : notLeader.get();
        }

        private void ended(@Nullable Failure failure) {
            List<Waiting> reads;
            synchronized (this) {
                reads = batch;
                batch = null;
            }
            if (reads == null) {
                return;
            }
            synchronized (LinearizableReads.this) {
                asking = false;
            }
            askNext();
            for (Waiting read : reads) {
                if (failure == null) {
                    read.confirmed();
                } else {
                    read.failed(failure);
                }
            }
        }
    }
}
