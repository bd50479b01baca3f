package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.storage.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A group of one replica without a log: the real machine over the store in memory. Thread-safe. */
public final class FakeGroup implements ReplicatedGroup {
    private static final NodeId SELF = new NodeId("n1");

    private final GroupId id;
    private final Executor applyThread;
    private final LongConsumer onRules;
    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final MemoryStore store = new MemoryStore();

    private List<Submission> waiting = new ArrayList<>();
    private final List<Integer> entrySizes = new ArrayList<>();
    private long nowMillis = 1_000_000;
    private long index;
    private int flushes;
    private int reads;
    private boolean held;
    private Optional<NodeId> leader = Optional.of(SELF);
    private String role = "leader";
    private @Nullable Failure failure;
    private boolean broken;

    /**
     * A group that leads.
     *
     * @param applyThread runs what is applied, with the completions
     * @param onRules called after rules changed
     */
    public FakeGroup(int id, Executor applyThread, LongConsumer onRules) {
        this.id = new GroupId(id);
        this.applyThread = applyThread;
        this.onRules = onRules;
    }

    @Override
    public GroupId id() {
        return id;
    }

    @Override
    public void submit(Submission submission) {
        Failure refusal;
        synchronized (this) {
            if (broken) {
                throw new IllegalStateException("broken by the test");
            }
            refusal = failure != null ? failure : isLeader() ? null : new Failure.NotLeader(leader);
            if (refusal == null) {
                waiting.add(submission);
            }
        }
        if (refusal != null) {
            submission.completion().failed(refusal);
        }
    }

    @Override
    public void flush() {
        synchronized (this) {
            flushes++;
            if (held || waiting.isEmpty()) {
                return;
            }
        }
        applyThread.execute(this::applyWaiting);
    }

    private void applyWaiting() {
        List<Submission> entry;
        List<Applied> answers;
        long rulesBefore;
        long rulesAfter;
        synchronized (this) {
            entry = waiting;
            waiting = new ArrayList<>();
            if (entry.isEmpty()) {
                return;
            }
            entrySizes.add(entry.size());
            rulesBefore = store.header().rulesVersion();
            answers = apply(entry);
            rulesAfter = store.header().rulesVersion();
        }
        if (rulesAfter != rulesBefore) {
            onRules.accept(rulesAfter);
        }
        for (int i = 0; i < answers.size(); i++) {
            entry.get(i).completion().applied(answers.get(i));
        }
    }

    private List<Applied> apply(List<Submission> submissions) {
        long rulesVersion = Submission.ANY_RULES;
        TreeMap<Integer, LimitDefinition> limits = new TreeMap<>();
        List<Command> commands = new ArrayList<>();
        for (Submission submission : submissions) {
            rulesVersion = Math.min(rulesVersion, submission.rulesVersion());
            submission.limits().forEach(limit -> limits.put(limit.limitId(), limit));
            commands.add(submission.command());
        }
        index++;
        Transition transition = machine.apply(
                store, index, 1, new LogEntry(nowMillis, rulesVersion, List.copyOf(limits.values()), commands));
        store.commit(transition.changes());
        return transition.answers();
    }

    @Override
    public <T> void read(BiFunction<StateView, Long, T> reader, Consumer<T> onResult, Consumer<Failure> onFailure) {
        applyThread.execute(() -> {
            Failure refusal;
            T result = null;
            synchronized (this) {
                reads++;
                refusal = failure != null ? failure : isLeader() ? null : new Failure.NotLeader(leader);
                if (refusal == null) {
                    result = reader.apply(store, nowMillis);
                }
            }
            if (refusal != null || result == null) {
                onFailure.accept(refusal == null ? new Failure.Unknown("nothing was read") : refusal);
            } else {
                onResult.accept(result);
            }
        });
    }

    @Override
    public synchronized <T> T readLocal(BiFunction<StateView, Long, T> reader) {
        return reader.apply(store, nowMillis);
    }

    @Override
    public synchronized boolean isLeader() {
        return leader.equals(Optional.of(SELF));
    }

    @Override
    public synchronized Optional<NodeId> leader() {
        return leader;
    }

    @Override
    public synchronized GroupStatus status() {
        Header header = store.header();
        return new GroupStatus(
                id,
                SELF,
                role,
                leader,
                1,
                index,
                header.appliedIndex(),
                header.logTimeMillis(),
                header.rulesVersion(),
                header.counters(),
                header.leasedTokens(),
                store.sessionCount(),
                header.digest(),
                store.size().memoryBytes(),
                0,
                List.of(SELF, new NodeId("n2")));
    }

    @Override
    public synchronized Optional<String> transferLeadership(NodeId to) {
        leader = Optional.of(to);
        return Optional.empty();
    }

    /** Who leads from now on; nobody if empty. */
    public synchronized void leaderIs(Optional<NodeId> node) {
        leader = node;
    }

    /** Everything submitted or read from now on fails so; null: nothing does. */
    public synchronized void failWith(@Nullable Failure what) {
        failure = what;
    }

    /** Whether to take a command fails for a reason that isn't foreseen. */
    public synchronized void broken(boolean is) {
        broken = is;
    }

    public synchronized void roleIs(String what) {
        role = what;
    }

    public synchronized void advance(long millis) {
        nowMillis += millis;
    }

    /** From now on nothing is applied, until {@link #release}. */
    public synchronized void hold() {
        held = true;
    }

    public void release() {
        synchronized (this) {
            held = false;
        }
        flush();
    }

    /** Puts the command that was submitted last before the others. */
    public synchronized void lastFirst() {
        waiting.add(0, waiting.remove(waiting.size() - 1));
    }

    /** How many commands each entry had. */
    public synchronized List<Integer> entrySizes() {
        return List.copyOf(entrySizes);
    }

    public synchronized int flushes() {
        return flushes;
    }

    public synchronized int reads() {
        return reads;
    }

    public synchronized int waiting() {
        return waiting.size();
    }
}
