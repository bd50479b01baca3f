package io.quorate.raft.apply;

import io.quorate.core.command.Applied;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one entry that was appended here: whom to tell what came of it. Thread-safe.
 *
 * <p>Invariant: each completion is called once, by whoever resolves the batch first; later news of the same
 * entry has no one left to tell.
 */
final class Batch implements EntryLog.Proposal {
    private static final Logger log = LoggerFactory.getLogger(Batch.class);

    private static final int REPLICATING = 0;
    private static final int COMMITTED = 1;
    private static final int RESOLVED = 2;

    private final Batcher batcher;
    private final Completion[] completions;
    private final AtomicInteger state = new AtomicInteger(REPLICATING);

    Batch(Batcher batcher, Completion[] completions) {
        this.batcher = batcher;
        this.completions = completions;
    }

    int commandCount() {
        return completions.length;
    }

    /** The entry is committed, and about to be applied: another one may be replicated in its place. */
    void committed() {
        if (state.compareAndSet(REPLICATING, COMMITTED)) {
            batcher.replicated();
        }
    }

    /** Hands every answer to its submitter. */
    void applied(List<Applied> answers) {
        if (answers.size() != completions.length) {
            throw new IllegalStateException(
                    "an entry of " + completions.length + " commands got " + answers.size() + " answers");
        }
        if (resolve()) {
            for (int i = 0; i < completions.length; i++) {
                tell(completions[i], answers.get(i));
            }
        }
    }

    @Override
    public void lost(EntryLog.Loss loss, String reason) {
        if (resolve()) {
            batcher.counters().entriesLost.increment();
            fail(
                    switch (loss) {
                        case NOT_LEADING -> batcher.notLeader();
                        case BUSY -> batcher.overloaded("the Raft log's queue");
                        case NOT_READY -> new Failure.NotReady(reason, DrainRate.RETRY_MILLIS_MAX);
                        case UNKNOWN -> new Failure.Unknown(reason);
                    });
        }
    }

    /** Fails what isn't resolved yet. */
    void fail(Failure failure) {
        for (Completion completion : completions) {
            tell(completion, failure);
        }
    }

    /** Whether the caller is the first to know the entry's fate, and so has to tell it. */
    boolean resolve() {
        int before = state.getAndSet(RESOLVED);
        if (before == REPLICATING) {
            batcher.replicated();
        }
        if (before == RESOLVED) {
            return false;
        }
        batcher.resolved(this);
        return true;
    }

    static void tell(Completion completion, Failure failure) {
        try {
            completion.failed(failure);
        } catch (RuntimeException e) {
            log.error("a completion threw at {}", failure, e);
        }
    }

    /** A completion that breaks its contract must not keep the others from their answers. */
    private static void tell(Completion completion, Applied applied) {
        try {
            completion.applied(applied);
        } catch (RuntimeException e) {
            log.error("a completion threw at {}", applied, e);
        }
    }
}
