package io.quorate.raft.jraft;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.OpenSession;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.SessionOpened;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A client of one group: a session, and one counter that only ever loses tokens. Not thread-safe. */
final class TestClient {
    static final QuotaKey KEY = QuotaKey.of("test", "budget", List.of());
    static final long BUDGET = 1_000_000;
    private static final LimitDefinition LIMIT =
            new LimitDefinition(1, Limit.of(Algorithm.FIXED_WINDOW, BUDGET, Limit.PERIOD_MILLIS_MAX));
    private static final List<Charge> CHARGES = List.of(new Charge(KEY, LIMIT.limitId(), Mode.ENFORCE));

    private final TestCluster cluster;
    private final int group;
    private final long sessionId;
    private long sequence;

    TestClient(TestCluster cluster, int group) {
        this.cluster = cluster;
        this.group = group;
        Applied opened = untilApplied(new OpenSession("test"));
        this.sessionId = ((SessionOpened) opened.outcome()).sessionId();
    }

    /** What a submission came to: one of both. */
    record Answer(Optional<Applied> applied, Optional<Failure> failure) {}

    static Submission submission(Command command, CompletableFuture<Answer> answer) {
        return new Submission(command, Submission.ANY_RULES, List.of(LIMIT), new Completion() {
            @Override
            public void applied(Applied applied) {
                answer.complete(new Answer(Optional.of(applied), Optional.empty()));
            }

            @Override
            public void failed(Failure failure) {
                answer.complete(new Answer(Optional.empty(), Optional.of(failure)));
            }
        });
    }

    static Answer submit(ReplicatedGroup group, Command command) throws InterruptedException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        group.submit(submission(command, answer));
        group.flush();
        try {
            return answer.get(TestCluster.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer to " + command, e);
        }
    }

    /** Submits to whoever leads, the same command over and over, until it is applied. */
    private Applied untilApplied(Command command) {
        long deadline = System.nanoTime() + TestCluster.LONG.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                Optional<ReplicatedGroup> leader = cluster.ledNow(group);
                if (leader.isPresent()) {
                    Answer answer = submit(leader.get(), command);
                    if (answer.applied().isPresent()) {
                        return answer.applied().get();
                    }
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError(command + " wasn't applied");
    }

    Acquire next() {
        sequence++;
        return new Acquire(sessionId, sequence, sequence, sequence * 31, 1, CHARGES);
    }

    /** The last acquire once more. */
    Acquire again() {
        return new Acquire(sessionId, sequence, sequence, sequence * 31, 1, CHARGES);
    }

    Applied acquire() {
        return untilApplied(next());
    }

    Applied repeat() {
        return untilApplied(again());
    }

    static long remaining(Applied applied) {
        return ((Acquired) applied.outcome()).results().get(0).remaining();
    }
}
