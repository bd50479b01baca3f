package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.ApplyListener;
import io.quorate.raft.apply.BatchLimits;
import io.quorate.raft.apply.GroupClock;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.log.EntryCodec;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.storage.memory.MemoryStore;
import io.quorate.storage.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine as JRaft calls it, over a group's core without a Raft. */
final class GroupMachineTest {
    private static final GroupId GROUP = new GroupId(1);

    @TempDir
    Path directory;

    private final List<Runnable> snapshots = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final List<Status> done = new ArrayList<>();

    private long monotonicMillis = 1_000;
    private long wallMillis = 1_750_000_000_000L;

    private final GroupCore core = new GroupCore(
            GROUP,
            new MemoryStore(),
            new Machine(MachineLimits.DEFAULT),
            new GroupClock(() -> monotonicMillis * 1_000_000, () -> wallMillis),
            (entry, term, proposal) -> {},
            new BatchLimits(8, 4096, 2, 20),
            ApplyListener.NONE);

    private GroupMachine machine(long replayedIndex) {
        Peers peers = new Peers(
                new Topology("test", 1, 1, List.of(new Member(new NodeId("n1"), "127.0.0.1:7001", "127.0.0.1:7101"))));
        return new GroupMachine(core, peers, snapshots::add, replayedIndex, new GroupMachine.Events() {
            @Override
            public void leadershipChanged() {}

            @Override
            public void broken(String cause) {
                broken.add(cause);
            }
        });
    }

    /** Sealing reads and syncs every byte: not on the thread that applies entries. */
    @Test
    void aSnapshotIsSealedElsewhereThanOnTheApplyThread() {
        Writer writer = new Writer(directory.toString());
        Path manifest = directory.resolve("state").resolve(SnapshotDirectory.MANIFEST);
        GroupMachine machine = machine(0);

        machine.onSnapshotSave(writer, done::add);
        assertThat(machine.isSaving()).as("the apply thread is through with it").isFalse();
        assertThat(manifest).doesNotExist();
        assertThat(done).isEmpty();

        snapshots.remove(0).run();
        assertThat(manifest).exists();
        assertThat(done).singleElement().matches(Status::isOk);
        assertThat(writer.files).containsExactly("applied", "state/QUORATE-SNAPSHOT", "state/ROWS");
        assertThat(broken).isEmpty();
    }

    @Test
    void whatCantBeSealedIsNoSnapshot() {
        machine(0).onSnapshotSave(new Writer(directory.toString()), done::add);
        try {
            Files.createDirectory(directory.resolve("state").resolve("not-a-file"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        snapshots.remove(0).run();
        assertThat(done).singleElement().matches(status -> !status.isOk());
        assertThat(directory.resolve("state").resolve(SnapshotDirectory.MANIFEST))
                .doesNotExist();
    }

    private void pass(long millis) {
        monotonicMillis += millis;
        wallMillis += millis;
    }

    private static ByteBuffer stamped(long logTimeMillis) {
        LogEntry entry = new LogEntry(logTimeMillis, 0, List.of(), List.of(new Command.OpenSession("client")));
        return ByteBuffer.wrap(EntryCodec.encode(entry));
    }

    /** After a restart the leader's term goes on, and what it wrote an hour ago says little of its clock now. */
    @Test
    void whatWasInTheLogAtTheStartTellsTheLeadersClockLessThanWhatComesNow() {
        long stamp = wallMillis;
        pass(3_600_000);
        GroupMachine machine = machine(2);
        machine.onStartFollowing(new LeaderChangeContext(PeerId.parsePeer("127.0.0.1:7001"), 5, Status.OK()));
        machine.onApply(new Entries(1, 5, stamped(stamp), stamped(stamp + 1)));
        pass(700);
        assertThat((Long) core.readLocal((view, nowMillis) -> nowMillis)).isBetween(stamp + 700, stamp + 701);

        machine.onApply(new Entries(3, 5, stamped(wallMillis - 100)));
        pass(900);
        assertThat((Long) core.readLocal((view, nowMillis) -> nowMillis)).isBetween(wallMillis - 101, wallMillis - 100);
    }

    @Test
    void aNewLeaderThatHasOnlyReplayedGoesOnFromTheLastStampAndNotFromItsWallClock() {
        GroupMachine machine = machine(2);
        long stamp = wallMillis;
        pass(3_600_000);
        machine.onStartFollowing(new LeaderChangeContext(PeerId.parsePeer("127.0.0.1:7001"), 5, Status.OK()));
        machine.onApply(new Entries(1, 5, stamped(stamp), stamped(stamp + 1)));
        machine.onLeaderStart(6);
        pass(50);
        assertThat((Long) core.readLocal((view, nowMillis) -> nowMillis)).isEqualTo(stamp + 51);
    }

    @Test
    void leadsFromWhenItHasAppliedWhatWasBeforeItsTermUntilItIsStopped() {
        GroupMachine machine = machine(0);
        machine.onStartFollowing(new LeaderChangeContext(PeerId.parsePeer("127.0.0.1:7001"), 5, Status.OK()));
        assertThat(machine.isLeading()).isFalse();
        machine.onLeaderStart(6);
        assertThat(machine.isLeading()).isTrue();
        assertThat(machine.term()).isEqualTo(6);
        machine.onLeaderStop(Status.OK());
        assertThat(machine.isLeading()).isFalse();
    }

    /** Committed entries of one term, as JRaft hands them over. */
    private static final class Entries implements Iterator {
        private final List<ByteBuffer> entries;
        private final long firstIndex;
        private final long term;
        private int at;

        Entries(long firstIndex, long term, ByteBuffer... entries) {
            this.firstIndex = firstIndex;
            this.term = term;
            this.entries = List.of(entries);
        }

        @Override
        public ByteBuffer getData() {
            return entries.get(at);
        }

        @Override
        public long getIndex() {
            return firstIndex + at;
        }

        @Override
        public long getTerm() {
            return term;
        }

        @Override
        public @Nullable Closure done() {
            return null;
        }

        @Override
        public void setAutoCommitPerLog(boolean status) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setErrorAndRollback(long count, Status status) {
            throw new AssertionError(status.toString());
        }

        @Override
        public boolean commit() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void commitAndSnapshotSync(Closure done) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasNext() {
            return at < entries.size();
        }

        @Override
        public ByteBuffer next() {
            return entries.get(at++);
        }
    }

    /** JRaft's writer of a snapshot, without its storage. */
    private static final class Writer extends SnapshotWriter {
        private final String path;
        private final Set<String> files = new TreeSet<>();

        Writer(String path) {
            this.path = path;
        }

        @Override
        public String getPath() {
            return path;
        }

        @Override
        public boolean addFile(String name, Message meta) {
            return files.add(name);
        }

        @Override
        public boolean saveMeta(SnapshotMeta meta) {
            return true;
        }

        @Override
        public boolean removeFile(String name) {
            return files.remove(name);
        }

        @Override
        public void close(boolean keepDataOnError) {}

        @Override
        public Set<String> listFiles() {
            return files;
        }

        @Override
        public Message getFileMeta(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean init(Void options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public void close() {}
    }
}
