package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.quorate.core.machine.Header;
import io.quorate.raft.apply.EntryLog.Proposal;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.group.Failpoint;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.jraft.RaftEntries.Pending;
import io.quorate.storage.api.SnapshotDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group's core as JRaft's state machine.
 *
 * <p>Threads: JRaft calls it on the group's one apply thread. A failure of the store or of the log's bytes halts
 * the group: an entry that was committed is never skipped.
 */
final class GroupMachine implements StateMachine {
    private static final String STATE = "state";
    private static final Logger LOG = LoggerFactory.getLogger(GroupMachine.class);

    private final GroupCore core;
    private final Peers peers;
    private final Executor snapshots;
    private final Events events;
    private final long replayedIndex;

    /** The term of the last leader heard of; entries of it are live, if they came after the start. */
    private volatile long term;

    /** Whether this node leads in {@link #term}, and has applied what it was elected with. */
    private volatile boolean leading;

    private volatile boolean loading;

    private volatile boolean saving;

    /**
     * A group's state machine.
     *
     * @param snapshots where snapshots are sealed
     * @param replayedIndex the last entry that was in the log when the group started; those up to it are replayed
     */
    GroupMachine(GroupCore core, Peers peers, Executor snapshots, long replayedIndex, Events events) {
        this.core = core;
        this.replayedIndex = replayedIndex;
        this.peers = peers;
        this.snapshots = snapshots;
        this.events = events;
    }

    /** Hears of what happens to a group. Called on the group's apply thread. */
    interface Events {
        /** This node began or ceased to lead, or heard of another leader. */
        void leadershipChanged();

        /** The group is broken for good. */
        void broken(String cause);
    }

    @Override
    public void onApply(Iterator entries) {
        while (entries.hasNext()) {
            Closure done = entries.done();
            Proposal proposal = done instanceof Pending pending ? pending.proposal() : null;
            try {
                boolean live = entries.getTerm() == term && entries.getIndex() > replayedIndex;
                core.applyEntry(entries.getIndex(), entries.getTerm(), entries.getData(), proposal, live);
            } catch (RuntimeException e) {
                // The store failed or the log is damaged. JRaft calls onError with this text, and the entry's
                // submitters hear that its fate is unknown.
                LOG.error("Group {} can't apply entry {}", core.group(), entries.getIndex(), e);
                entries.setErrorAndRollback(
                        1,
                        new Status(
                                RaftError.ESTATEMACHINE,
                                "can't apply entry %s: %s",
                                entries.getIndex(),
                                e.getMessage()));
                return;
            }
            entries.next();
        }
    }

    /**
     * JRaft calls this after the first entry of the term was applied here, and so everything before it; and once
     * more when a transfer to another member came to nothing.
     */
    @Override
    public void onLeaderStart(long newTerm) {
        Failpoint.ON_LEADER_START.pass();
        term = newTerm;
        leading = true;
        core.leaderStarted(newTerm);
        events.leadershipChanged();
    }

    @Override
    public void onLeaderStop(Status status) {
        Failpoint.ON_LEADER_STOP.pass();
        leading = false;
        core.leaderStopped(Optional.empty());
        events.leadershipChanged();
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        term = context.getTerm();
        Optional<NodeId> leader = peers.node(context.getLeaderId());
        core.leaderIs(leader);
        events.leadershipChanged();
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        core.leaderIs(Optional.empty());
        events.leadershipChanged();
    }

    @Override
    public void onError(RaftException error) {
        events.broken(error.getStatus().getErrorMsg());
    }

    @Override
    public void onConfigurationCommitted(Configuration members) {
        LOG.info("Group {} has the members {}", core.group(), members);
    }

    @Override
    public void onShutdown() {}

    /** The state's files are made here, since it must not change meanwhile; the long part goes on elsewhere. */
    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        saving = true;
        try {
            Failpoint.BEFORE_SNAPSHOT_SAVE.pass();
            SnapshotDraft draft = core.save(Path.of(writer.getPath(), STATE));
            snapshots.execute(() -> done.run(complete(writer, draft)));
        } catch (RuntimeException e) {
            LOG.error("Group {} can't save a snapshot", core.group(), e);
            events.broken("can't save a snapshot: " + e.getMessage());
            done.run(new Status(RaftError.EIO, "can't save a snapshot: %s", e.getMessage()));
        } finally {
            saving = false;
        }
    }

    private Status complete(SnapshotWriter writer, SnapshotDraft draft) {
        Path root = Path.of(writer.getPath());
        try {
            Failpoint.MID_SNAPSHOT_WRITE.pass();
            draft.seal();
            AppliedMark.write(root, draft.header().appliedIndex());
            for (Path file : files(root)) {
                String name = root.relativize(file).toString();
                boolean own = name.equals(AppliedMark.FILE) || name.startsWith(STATE);
                if (own && !writer.addFile(name)) {
                    return new Status(RaftError.EIO, "can't add %s to the snapshot", name);
                }
            }
            Failpoint.AFTER_SNAPSHOT_BEFORE_DONE.pass();
            return Status.OK();
        } catch (IOException | RuntimeException e) {
            LOG.error("Group {} can't complete the snapshot in {}", core.group(), root, e);
            return new Status(RaftError.EIO, "can't complete the snapshot: %s", e.getMessage());
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /**
     * Takes over a snapshot, unless the state that is here already holds it: after a restart the store goes on
     * from where it was, and only the log after it is applied.
     */
    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        Path root = Path.of(reader.getPath());
        loading = true;
        try {
            long here = core.header().appliedIndex();
            if (AppliedMark.read(root).orElse(Long.MAX_VALUE) <= here) {
                LOG.info("Group {} has applied entry {} and needs no snapshot", core.group(), here);
                return true;
            }
            Failpoint.BEFORE_SNAPSHOT_LOAD.pass();
            Header header = core.restore(root.resolve(STATE));
            Failpoint.AFTER_SNAPSHOT_LOAD.pass();
            LOG.info("Group {} restored a snapshot at entry {}", core.group(), header.appliedIndex());
            return true;
        } catch (RuntimeException e) {
            LOG.error("Group {} can't load the snapshot in {}", core.group(), root, e);
            events.broken("can't load the snapshot in " + root + ": " + e.getMessage());
            return false;
        } finally {
            loading = false;
        }
    }

    /** Whether a snapshot is being loaded; no entry is applied meanwhile. */
    boolean isLoading() {
        return loading;
    }

    /** Whether the state's files are being made for a snapshot; no entry is applied meanwhile. */
    boolean isSaving() {
        return saving;
    }

    /** Whether this node leads in {@link #term}, and has applied everything from before it. */
    boolean isLeading() {
        return leading;
    }

    /** The term of the last leader heard of. */
    long term() {
        return term;
    }
}
