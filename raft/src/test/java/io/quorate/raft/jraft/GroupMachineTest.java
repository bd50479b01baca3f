package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.ApplyListener;
import io.quorate.raft.apply.BatchLimits;
import io.quorate.raft.apply.GroupClock;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.memory.MemoryStore;
import io.quorate.storage.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

    private GroupMachine machine(StateStore store) {
        GroupCore core = new GroupCore(
                GROUP,
                store,
                new Machine(MachineLimits.DEFAULT),
                new GroupClock(System::nanoTime, System::currentTimeMillis),
                (entry, term, proposal) -> {},
                new BatchLimits(8, 4096, 2, 20),
                ApplyListener.NONE);
        Peers peers = new Peers(
                new Topology("test", 1, 1, List.of(new Member(new NodeId("n1"), "127.0.0.1:7001", "127.0.0.1:7101"))));
        return new GroupMachine(core, peers, snapshots::add, new GroupMachine.Events() {
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
        GroupMachine machine = machine(new MemoryStore());

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
        machine(new MemoryStore()).onSnapshotSave(new Writer(directory.toString()), done::add);
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
