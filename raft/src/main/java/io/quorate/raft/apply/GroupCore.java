package io.quorate.raft.apply;

import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.Failpoint;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.raft.log.MalformedEntryException;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StateStore.StoreSize;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One group on this node without its Raft: batches commands into entries, applies entries, answers.
 * Thread-safe; entries are applied by one thread at a time.
 *
 * <p>Leader and followers decode the same bytes. The group's lock is held while an entry is decided and
 * committed and while a reader runs, and never while submitters get their answers.
 */
public final class GroupCore implements AutoCloseable {
    private final GroupId group;
    private final StateStore store;
    private final Machine machine;
    private final GroupClock clock;
    private final ApplyListener listener;
    private final GroupCounters counters = new GroupCounters();
    private final Batcher batcher;
    private final Sweeper sweeper;

    /** Guards the store, and {@code broken}. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Why the store can't be used any more; null if it can. */
    private @Nullable String broken;

    private boolean closed;

    private volatile Header header;
    private volatile int sessionCount;

    /** Takes over the store, and closes it with itself. */
    public GroupCore(
            GroupId group,
            StateStore store,
            Machine machine,
            GroupClock clock,
            EntryLog log,
            BatchLimits limits,
            ApplyListener listener) {
        this.group = group;
        this.store = store;
        this.machine = machine;
        this.clock = clock;
        this.listener = listener;
        this.batcher = new Batcher(clock, log, limits, counters);
        this.sweeper = new Sweeper(batcher, limits, counters);
        this.header = store.header();
        this.sessionCount = store.sessionCount();
        if (header.appliedIndex() > 0) {
            clock.observed(header.logTimeMillis(), header.appliedTerm(), false);
        }
    }

    public GroupId group() {
        return group;
    }

    /**
     * See {@code ReplicatedGroup.submit}. Any thread.
     *
     * @throws IllegalArgumentException if the command breaks a bound of the log, before anything is done
     */
    public void submit(Submission submission) {
        batcher.submit(submission);
    }

    /** See {@code ReplicatedGroup.flush}. Any thread. */
    public void flush() {
        batcher.flush();
    }

    /**
     * This node leads in {@code term} and has applied everything up to that term's first entry: commands are
     * taken from now on, and appended for this term only.
     */
    public void leaderStarted(long term) {
        clock.leaderStarted(term);
        batcher.leaderStarted(term);
    }

    /** This node doesn't lead: waiting commands are refused; those in entries wait for the entries' fate. */
    public void leaderStopped(Optional<NodeId> newLeader) {
        batcher.leaderStopped(newLeader);
        clock.leaderStopped();
    }

    /** A follower hears who leads; it is the hint given to those that submit here. */
    public void leaderIs(Optional<NodeId> leader) {
        batcher.leaderIs(leader);
    }

    /**
     * Applies a committed entry, once: an index that the state has already is skipped. Called by one thread
     * at a time, in the order of the log. Raft's own entries (no-op, members) are not for here.
     *
     * @param proposal the one that was given to {@link EntryLog#append} with these bytes, if it was here
     * @param live whether {@code term} is the term that this node is in now, and the entry wasn't in its log
     *     already when it started: tells entries that were replicated this moment, whose
     *     stamps tell the leader's clock best, from replayed ones
     * @throws StoreException if the store failed: the group must halt
     * @throws MalformedEntryException if the log is damaged: the group must halt
     */
    public void applyEntry(
            long index, long term, ByteBuffer entry, EntryLog.@Nullable Proposal proposal, boolean live) {
        Batch batch = (Batch) proposal;
        if (batch != null) {
            batch.committed();
        }
        Failpoint.AFTER_COMMIT_BEFORE_APPLY.pass();
        if (index <= header.appliedIndex()) {
            counters.entriesSkipped.increment();
            if (batch != null) {
                batch.lost(EntryLog.Loss.UNKNOWN, "the entry was applied before, as a part of a snapshot");
            }
            return;
        }
        long startNanos = clock.monotonicNanos();
        LogEntry decoded;
        Transition transition;
        long rulesVersionBefore = header.rulesVersion();
        String why = "an error; the log says more";
        boolean applied = false;
        try {
            decoded = EntryCodec.decode(entry);
            transition = applyUnderLock(index, term, decoded);
            clock.observed(decoded.logTimeMillis(), term, live);
            applied = true;
        } catch (RuntimeException e) {
            why = String.valueOf(e.getMessage());
            throw e;
        } finally {
            if (!applied) {
                // Whatever it was: the state may be half changed, and nothing of it may be kept.
                breakDown("entry " + index + " of group " + group + " can't be applied: " + why);
            }
        }
        int commands = transition.answers().size();
        counters.entriesApplied.increment();
        counters.commandsApplied.add(commands);
        counters.applyNanos.add(clock.monotonicNanos() - startNanos);
        batcher.progressed(commands);
        listener.applied(index, decoded, transition);
        if (header.rulesVersion() != rulesVersionBefore) {
            Failpoint.MID_RULE_CHANGE.pass();
        }
        tellRules(rulesVersionBefore);
        if (batch != null) {
            counters.flowed(transition.leases());
            batch.applied(transition.answers());
        }
    }

    private Transition applyUnderLock(long index, long term, LogEntry entry) {
        lock.lock();
        try {
            checkUsable();
            Transition transition = machine.apply(store, index, term, entry);
            Header after = transition.changes().header();
            checkStep(header, after, index);
            Failpoint.AFTER_APPLY_BEFORE_STORE.pass();
            store.commit(transition.changes());
            Failpoint.AFTER_STORE_BEFORE_DONE.pass();
            header = after;
            sessionCount = store.sessionCount();
            return transition;
        } finally {
            lock.unlock();
        }
    }

    /** Before anything is kept of it; so that a fault shows here and not as a wrong grant. */
    private static void checkStep(Header before, Header after, long index) {
        if (after.appliedIndex() != index || after.logTimeMillis() < before.logTimeMillis()) {
            throw new IllegalStateException("S5: entry " + index + " leads from " + before + " to " + after);
        }
    }

    /**
     * The second half of a linearizable read, once this node is known to lead and to have applied enough:
     * gives the reader the state and the log time to read at. The reader runs under the group's lock.
     *
     * @throws StoreException if the group halted
     */
    public <T> T readAt(BiFunction<StateView, Long, T> reader) {
        return readLocal(reader);
    }

    /**
     * Reads the state as it is, at the log time as known here: issued by the leader, estimated by others, and
     * at least the state's.
     *
     * @throws StoreException if the group halted
     */
    public <T> T readLocal(BiFunction<StateView, Long, T> reader) {
        lock.lock();
        try {
            checkUsable();
            long nowMillis = Math.max(store.header().logTimeMillis(), clock.nowMillis());
            return reader.apply(store, nowMillis);
        } finally {
            lock.unlock();
        }
    }

    /** Writes a snapshot under the group's lock; to be sealed without it, by the caller, on any thread. */
    public SnapshotDraft save(Path directory) {
        lock.lock();
        try {
            checkUsable();
            return store.save(directory);
        } finally {
            lock.unlock();
        }
    }

    /** Replaces the state by a snapshot, under the group's lock, and gives the header now. */
    public Header restore(Path directory) {
        long rulesVersionBefore = header.rulesVersion();
        Header restored;
        lock.lock();
        try {
            checkUsable();
            store.restore(directory);
            restored = store.header();
            header = restored;
            sessionCount = store.sessionCount();
        } finally {
            lock.unlock();
        }
        clock.observed(restored.logTimeMillis(), restored.appliedTerm(), false);
        tellRules(rulesVersionBefore);
        return restored;
    }

    private void tellRules(long versionBefore) {
        long version = header.rulesVersion();
        if (version != versionBefore) {
            listener.rulesVersionChanged(version);
        }
    }

    /** The header after the last applied entry. Never waits. */
    public Header header() {
        return header;
    }

    public int sessionCount() {
        return sessionCount;
    }

    /** Whether this node takes commands. */
    public boolean isLeading() {
        return batcher.isLeading();
    }

    /** How much the state takes here; nothing if the group halted. */
    public StoreSize storeSize() {
        lock.lock();
        try {
            return broken == null ? store.size() : new StoreSize(0, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Commands waiting to get into an entry. */
    public int queuedCommands() {
        return batcher.queuedCommands();
    }

    /** Entries appended here and not yet committed. */
    public int entriesInFlight() {
        return batcher.entriesInFlight();
    }

    public GroupCounters counters() {
        return counters;
    }

    /**
     * Housekeeping, to be called about once a second on any thread: a leader proposes sweeps. Gives how the
     * entries get on, for a watchdog.
     */
    public GroupProgress tick() {
        Header now = header;
        sweeper.tick(now.counters() + sessionCount + now.limitSweep().idleCount());
        batcher.flush();
        return batcher.progress();
    }

    /**
     * Ends the group on this node: what waits is refused, what is in flight becomes unknown, and the store is
     * flushed and closed. Call it when no further entry will be applied. Idempotent.
     */
    @Override
    public void close() {
        batcher.close("group " + group + " is closed");
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            try (StateStore closing = store) {
                if (broken == null) {
                    broken = "group " + group + " is closed";
                    closing.flush();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void breakDown(String reason) {
        lock.lock();
        try {
            if (broken == null) {
                broken = reason;
            }
        } finally {
            lock.unlock();
        }
        batcher.close(reason);
    }

    private void checkUsable() {
        if (broken != null) {
            throw new StoreException(broken);
        }
    }
}
