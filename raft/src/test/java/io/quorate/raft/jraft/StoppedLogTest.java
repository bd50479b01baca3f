package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import io.quorate.core.command.Command;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.log.EntryCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stopped node's log shows: every entry on disk, in order, also behind a cut if heads are kept. */
final class StoppedLogTest {
    private static final GroupId ONE = new GroupId(1);
    private static final GroupId TWO = new GroupId(2);

    @TempDir
    private Path data;

    private final TreeMap<Long, Long> terms = new TreeMap<>();
    private final TreeMap<Long, Long> hashes = new TreeMap<>();
    private final List<Command> commands = new ArrayList<>();

    @Test
    void showsEveryEntryWithItsTermAndWhatItHolds() {
        try (SharedLog log = SharedLog.open(data.resolve("log"), true, null)) {
            GroupLog one = group(log, ONE, false);
            assertThat(one.appendEntries(List.of(members(1), ours(2, 1), ours(3, 2))))
                    .isEqualTo(3);
            assertThat(group(log, TWO, false).appendEntries(List.of(members(1))))
                    .isEqualTo(1);
        }
        try (StoppedLog stopped = StoppedLog.open(data)) {
            assertThat(stopped.groups()).containsExactly(ONE, TWO);
            read(stopped, ONE);
            assertThat(terms)
                    .containsEntry(1L, 1L)
                    .containsEntry(2L, 1L)
                    .containsEntry(3L, 2L)
                    .hasSize(3);
            assertThat(commands).containsExactly(new Command.Sweep(2), new Command.Sweep(3));
            assertThat(hashes.values()).doesNotHaveDuplicates();
            TreeMap<Long, Long> before = new TreeMap<>(hashes);
            read(stopped, ONE);
            assertThat(hashes).isEqualTo(before);
        }
    }

    @Test
    void aCutHeadIsGoneUnlessHeadsAreKept() {
        try (SharedLog log = SharedLog.open(data.resolve("log"), true, null)) {
            for (GroupId id : List.of(ONE, TWO)) {
                GroupLog group = group(log, id, id.equals(TWO));
                for (long index = 1; index <= 9; index++) {
                    assertThat(group.appendEntry(ours(index, 1))).isTrue();
                }
                assertThat(group.truncatePrefix(6)).isTrue();
                assertThat(group.getFirstLogIndex()).isEqualTo(6);
                assertThat(group.getEntry(5)).isNull();
                GroupLog again = group(log, id, id.equals(TWO));
                assertThat(again.getFirstLogIndex()).isEqualTo(6);
                assertThat(again.getLastLogIndex()).isEqualTo(9);
            }
        }
        try (StoppedLog stopped = StoppedLog.open(data)) {
            read(stopped, ONE);
            assertThat(terms.keySet()).containsExactly(6L, 7L, 8L, 9L);
            read(stopped, TWO);
            assertThat(terms.keySet()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        }
    }

    @Test
    void refusesTheDirectoryOfARunningNodeAndOneWithoutALog() {
        assertThatThrownBy(() -> StoppedLog.open(data)).hasMessageContaining("has no log");
        SharedLog.open(data.resolve("log"), true, null).close();
        try (DataDirectory taken = DataDirectory.take(data.resolve("n1"), "c", new NodeId("n1"))) {
            SharedLog.open(taken.log(), true, null).close();
            assertThatThrownBy(() -> StoppedLog.open(data.resolve("n1")))
                    .hasMessageContaining("in use by a process; stop the node first");
        }
        try (StoppedLog stopped = StoppedLog.open(data.resolve("n1"))) {
            assertThat(stopped.groups()).isEmpty();
            assertThatThrownBy(() -> DataDirectory.take(data.resolve("n1"), "c", new NodeId("n1")))
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void namesAnEntryThatIsDamaged() {
        LogEntry torn = ours(2, 1);
        torn.setData(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        torn.setChecksum(torn.checksum());
        try (SharedLog log = SharedLog.open(data.resolve("log"), true, null)) {
            assertThat(group(log, ONE, false).appendEntries(List.of(ours(1, 1), torn)))
                    .isEqualTo(2);
        }
        try (StoppedLog stopped = StoppedLog.open(data)) {
            assertThatThrownBy(() -> read(stopped, ONE)).hasMessageContaining("entry 2 of group g1");
        }
    }

    private void read(StoppedLog stopped, GroupId group) {
        terms.clear();
        commands.clear();
        stopped.read(group, (index, term, bytesHash, entry) -> {
            terms.put(index, term);
            hashes.put(index, bytesHash);
            entry.ifPresent(e -> commands.addAll(e.commands()));
        });
    }

    private static GroupLog group(SharedLog log, GroupId id, boolean keepHead) {
        GroupLog group = new GroupLog(log, id, 60_000, keepHead, cause -> {});
        LogStorageOptions options = new LogStorageOptions();
        options.setConfigurationManager(new ConfigurationManager());
        options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
        assertThat(group.init(options)).isTrue();
        return group;
    }

    private static LogEntry ours(long index, long term) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        entry.setData(ByteBuffer.wrap(EntryCodec.encode(
                new io.quorate.core.command.LogEntry(index, 1, List.of(), List.of(new Command.Sweep((int) index))))));
        entry.setChecksum(entry.checksum());
        return entry;
    }

    private static LogEntry members(long index) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setId(new LogId(index, 1));
        entry.setPeers(List.of(PeerId.parsePeer("127.0.0.1:1")));
        entry.setChecksum(entry.checksum());
        return entry;
    }
}
