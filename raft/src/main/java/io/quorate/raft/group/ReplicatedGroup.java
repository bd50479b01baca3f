package io.quorate.raft.group;

import io.quorate.core.machine.StateView;
import io.quorate.core.quota.GroupId;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** One replicated group, as seen from this node. Thread-safe. */
public interface ReplicatedGroup {
    GroupId id();

    /**
     * Takes a command for the log if this node leads; the answer comes to the submission's completion. It waits
     * for the next {@link #flush}, so that the commands of one burst go into one entry.
     */
    void submit(Submission submission);

    /**
     * Lets what was submitted go into entries now, as far as the entries in flight allow; the rest follows by
     * itself as they complete. To be called after each burst of {@link #submit}; cheap if nothing waits.
     */
    void flush();

    /**
     * Reads linearizably: the reader sees every command answered before this call, and is called with the
     * state and the log time to read at (the leader's clock now, at least the state's log time).
     *
     * <p>The reader runs under the group's lock, so it must be short; its result, or a failure, is handed over
     * outside of it. Served by the leader only.
     */
    <T> void read(BiFunction<StateView, Long, T> reader, Consumer<T> onResult, Consumer<Failure> onFailure);

    /** Reads this replica's state as it is, which may be behind. Throws {@code StoreException} if it halted. */
    <T> T readLocal(BiFunction<StateView, Long, T> reader);

    boolean isLeader();

    /** The leader as far as known here. */
    Optional<NodeId> leader();

    GroupStatus status();

    /**
     * Asks a member to take over. Gives an error text if it can't be asked; the transfer itself is only tried.
     */
    Optional<String> transferLeadership(NodeId to);
}
