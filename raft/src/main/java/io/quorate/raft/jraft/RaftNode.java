package io.quorate.raft.jraft;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.ReplicatedGroup;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** All groups of this process, over one log store, one Raft port and shared threads. */
public final class RaftNode implements AutoCloseable {

    /**
     * Starts every group of the topology.
     *
     * @param onRulesChanged called (on meta's apply thread; must be short) with the rules version after meta
     *     applied a change of rules, and once after start
     * @param onFatal called when a group is broken for good (an error state, a failed store, commits stuck);
     *     the process should exit with the message
     */
    public static RaftNode start(RaftSettings settings, Consumer<Long> onRulesChanged, Consumer<String> onFatal) {
        throw new UnsupportedOperationException(settings.toString());
    }

    private RaftNode() {}

    public ReplicatedGroup group(GroupId id) {
        throw new UnsupportedOperationException(id.toString());
    }

    /** All groups, meta first. */
    public List<ReplicatedGroup> groups() {
        throw new UnsupportedOperationException();
    }

    /** Hands the leadership of every group to another member, within the time given at most. */
    public void handOver(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
