package io.quorate.raft.apply;

import io.quorate.core.machine.Header;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.StateView;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.MalformedEntryException;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StateStore.StoreSize;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One group on this node without its Raft: batches commands into entries, applies entries, answers. */
public final class GroupCore implements AutoCloseable {

    /** Takes over the store, and closes it with itself. */
    public GroupCore(
            GroupId group,
            StateStore store,
            Machine machine,
            GroupClock clock,
            EntryLog log,
            BatchLimits limits,
            ApplyListener listener) {
        throw new UnsupportedOperationException();
    }

    public GroupId group() {
        throw new UnsupportedOperationException();
    }

    /** See {@code ReplicatedGroup.submit}. Any thread. */
    public void submit(Submission submission) {
        throw new UnsupportedOperationException();
    }

    /** See {@code ReplicatedGroup.flush}. Any thread. */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /**
     * This node leads in {@code term} and has applied everything up to that term's first entry: commands are
     * taken from now on, and appended for this term only.
     */
    public void leaderStarted(long term) {
        throw new UnsupportedOperationException();
    }

    /** This node doesn't lead: waiting commands are refused; those in entries wait for the entries' fate. */
    public void leaderStopped(Optional<NodeId> newLeader) {
        throw new UnsupportedOperationException();
    }

    /** A follower hears who leads; it is the hint given to those that submit here. */
    public void leaderIs(Optional<NodeId> leader) {
        throw new UnsupportedOperationException();
    }

    /**
     * Applies a committed entry, once: an index that the state has already is skipped. Called by one thread
     * at a time, in the order of the log. Raft's own entries (no-op, members) are not for here.
     *
     * @param proposal the one that was given to {@link EntryLog#append} with these bytes, if it was here
     * @param live whether {@code term} is the term that this node is in now: tells replicated entries, whose
     *     stamps tell the leader's clock, from replayed ones
     * @throws StoreException if the store failed: the group must halt
     * @throws MalformedEntryException if the log is damaged: the group must halt
     */
    public void applyEntry(
            long index, long term, ByteBuffer entry, EntryLog.@Nullable Proposal proposal, boolean live) {
        throw new UnsupportedOperationException();
    }

    /**
     * The second half of a linearizable read, once this node is known to lead and to have applied enough:
     * gives the reader the state and the log time to read at. The reader runs under the group's lock.
     */
    public <T> T readAt(BiFunction<StateView, Long, T> reader) {
        throw new UnsupportedOperationException();
    }

    /** Reads the state as it is, at the log time as estimated here. Throws {@link StoreException} if halted. */
    public <T> T readLocal(BiFunction<StateView, Long, T> reader) {
        throw new UnsupportedOperationException();
    }

    /** Writes a snapshot under the group's lock, and gives the header that it holds. */
    public Header save(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Replaces the state by a snapshot, under the group's lock, and gives the header now. */
    public Header restore(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** The header after the last applied entry. Never waits. */
    public Header header() {
        throw new UnsupportedOperationException();
    }

    public int sessionCount() {
        throw new UnsupportedOperationException();
    }

    public StoreSize storeSize() {
        throw new UnsupportedOperationException();
    }

    /** Commands waiting to get into an entry. */
    public int queuedCommands() {
        throw new UnsupportedOperationException();
    }

    /** Entries appended here and not yet committed. */
    public int entriesInFlight() {
        throw new UnsupportedOperationException();
    }

    public GroupCounters counters() {
        throw new UnsupportedOperationException();
    }

    /**
     * Housekeeping, to be called about once a second on any thread: a leader proposes sweeps. Gives how the
     * entries get on, for a watchdog.
     */
    public GroupProgress tick() {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the group on this node: what waits is refused, what is in flight becomes unknown, and the store is
     * flushed and closed. Call it when no further entry will be applied. Idempotent.
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
