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
import io.quorate.core.quota.GroupId;
import io.quorate.storage.api.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

final class GroupLogTest {
    private static final GroupId ONE = new GroupId(1);
    private static final GroupId TWO = new GroupId(2);

    @TempDir
    Path directory;

    private final List<SharedLog> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(SharedLog::close);
    }

    private SharedLog open(Path where) {
        SharedLog log = SharedLog.open(where, true, null);
        opened.add(log);
        return log;
    }

    private static GroupLog group(SharedLog log, GroupId id) {
        return group(log, id, new ConfigurationManager());
    }

    private static GroupLog group(SharedLog log, GroupId id, ConfigurationManager members) {
        GroupLog group = new GroupLog(log, id, 60_000, false, cause -> {});
        LogStorageOptions options = new LogStorageOptions();
        options.setConfigurationManager(members);
        options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
        assertThat(group.init(options)).isTrue();
        return group;
    }

    private static LogEntry data(long index, long term) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        entry.setData(ByteBuffer.wrap(("entry " + index + " of term " + term).getBytes()));
        entry.setChecksum(entry.checksum());
        return entry;
    }

    private static LogEntry members(long index, String... peers) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setId(new LogId(index, 1));
        entry.setPeers(Stream.of(peers).map(PeerId::parsePeer).toList());
        entry.setChecksum(entry.checksum());
        return entry;
    }

    private static List<LogEntry> data(long from, long to, long term) {
        List<LogEntry> entries = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            entries.add(data(index, term));
        }
        return entries;
    }

    private static void assertHolds(GroupLog log, long first, long last) {
        assertThat(log.getFirstLogIndex()).isEqualTo(first);
        assertThat(log.getLastLogIndex()).isEqualTo(last);
        assertThat(log.getEntry(first - 1)).isNull();
        assertThat(log.getEntry(last + 1)).isNull();
        for (long index = first; index <= last; index++) {
            LogEntry entry = Objects.requireNonNull(log.getEntry(index), "entry " + index);
            assertThat(entry.getId().getIndex()).isEqualTo(index);
            assertThat(entry.isCorrupted()).isFalse();
        }
    }

    @Test
    void isEmptyAtFirst() {
        GroupLog log = group(open(directory), ONE);
        assertThat(log.getFirstLogIndex()).isEqualTo(1);
        assertThat(log.getLastLogIndex()).isZero();
        assertThat(log.getEntry(1)).isNull();
    }

    @Test
    void keepsWhatIsAppendedWithItsTermAndData() {
        GroupLog log = group(open(directory), ONE);
        assertThat(log.appendEntries(data(1, 100, 3))).isEqualTo(100);
        assertThat(log.appendEntry(data(101, 4))).isTrue();
        assertHolds(log, 1, 101);
        LogEntry entry = Objects.requireNonNull(log.getEntry(42));
        assertThat(entry.getId().getTerm()).isEqualTo(3);
        assertThat(entry.getData()).isEqualTo(ByteBuffer.wrap("entry 42 of term 3".getBytes()));
    }

    @Test
    void refusesAGap() {
        GroupLog log = group(open(directory), ONE);
        assertThat(log.appendEntries(data(1, 3, 1))).isEqualTo(3);
        assertThat(log.appendEntries(data(5, 6, 1))).isZero();
        assertThat(log.appendEntries(data(3, 4, 1))).isZero();
        assertHolds(log, 1, 3);
    }

    @Test
    void cutsTheHeadAndKeepsTheCutOverAReopen() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(data(1, 100, 1));
        assertThat(log.truncatePrefix(51)).isTrue();
        assertHolds(log, 51, 100);
        assertThat(log.truncatePrefix(10))
                .as("a cut before the last changes nothing")
                .isTrue();
        shared.close();
        assertHolds(group(open(directory), ONE), 51, 100);
    }

    @Test
    void cutsTheHeadBeyondTheEndWhenASnapshotIsAhead() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(data(1, 10, 1));
        assertThat(log.truncatePrefix(21)).isTrue();
        assertThat(log.getFirstLogIndex()).isEqualTo(21);
        assertThat(log.getLastLogIndex()).isZero();
        assertThat(log.appendEntries(data(21, 25, 2))).isEqualTo(5);
        shared.close();
        assertHolds(group(open(directory), ONE), 21, 25);
    }

    @Test
    void isEmptyAfterAReopenIfNothingIsBehindTheCut() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(data(1, 10, 1));
        assertThat(log.truncatePrefix(21)).isTrue();
        shared.close();
        GroupLog again = group(open(directory), ONE);
        assertThat(again.getFirstLogIndex()).isEqualTo(21);
        assertThat(again.getLastLogIndex()).isZero();
        assertThat(again.appendEntries(data(21, 22, 2))).isEqualTo(2);
        assertHolds(again, 21, 22);
    }

    /** Whatever left it there, an entry before the first is none: the next one follows the cut and not it. */
    @Test
    void anEntryBeforeTheFirstIsNone() throws Exception {
        SharedLog shared = open(directory);
        group(shared, ONE).appendEntries(data(1, 10, 1));
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(
                    SharedLog.key(SharedLog.Kind.FIRST_INDEX, ONE),
                    ByteBuffer.allocate(8).putLong(21).array());
            shared.write(batch);
        }
        GroupLog log = group(shared, ONE);
        assertThat(log.getLastLogIndex()).isZero();
        assertThat(log.getEntry(10)).isNull();
        assertThat(log.appendEntries(data(21, 22, 2))).isEqualTo(2);
        assertHolds(log, 21, 22);
    }

    @Test
    void cutsTheTailAndTakesOtherEntriesInItsPlace() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(data(1, 10, 1));
        assertThat(log.truncateSuffix(4)).isTrue();
        assertHolds(log, 1, 4);
        assertThat(log.appendEntries(data(5, 6, 2))).isEqualTo(2);
        shared.close();
        GroupLog again = group(open(directory), ONE);
        assertHolds(again, 1, 6);
        assertThat(Objects.requireNonNull(again.getEntry(5)).getId().getTerm()).isEqualTo(2);
    }

    @Test
    void resetForgetsEverything() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(List.of(members(1, "localhost:1001"), data(2, 1), data(3, 1)));
        assertThat(log.reset(51)).isTrue();
        assertThat(log.getFirstLogIndex()).isEqualTo(51);
        assertThat(log.getLastLogIndex()).isZero();
        assertThat(log.getEntry(2)).isNull();
        assertThat(log.appendEntry(data(51, 9))).isTrue();
        shared.close();
        ConfigurationManager members = new ConfigurationManager();
        assertHolds(group(open(directory), ONE, members), 51, 51);
        assertThat(members.getLastConfiguration().isEmpty()).isTrue();
    }

    @Test
    void groupsDontSeeEachOther() {
        SharedLog shared = open(directory);
        GroupLog one = group(shared, ONE);
        GroupLog two = group(shared, TWO);
        one.appendEntries(data(1, 10, 1));
        two.appendEntries(data(1, 20, 2));
        one.truncatePrefix(6);
        two.truncateSuffix(15);
        assertHolds(one, 6, 10);
        assertHolds(two, 1, 15);
        one.reset(100);
        assertHolds(two, 1, 15);
        shared.close();
        SharedLog again = open(directory);
        assertThat(group(again, ONE).getLastLogIndex()).isZero();
        assertHolds(group(again, TWO), 1, 15);
    }

    @Test
    void findsTheMembersAgainAndForgetsThoseThatWereCut() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(List.of(
                members(1, "localhost:1001"),
                data(2, 1),
                members(3, "localhost:1001", "localhost:1002"),
                members(4, "localhost:1003")));
        log.truncateSuffix(3);
        shared.close();
        ConfigurationManager members = new ConfigurationManager();
        group(open(directory), ONE, members);
        assertThat(members.getLastConfiguration().getId()).isEqualTo(new LogId(3, 1));
        assertThat(members.getLastConfiguration().getConf().getPeers())
                .containsExactly(PeerId.parsePeer("localhost:1001"), PeerId.parsePeer("localhost:1002"));
        assertThat(members.get(2).getConf().getPeers()).containsExactly(PeerId.parsePeer("localhost:1001"));
    }

    /** What a crash leaves: the files as they are, without a close. */
    @Test
    void losesNothingWithoutAClose() throws IOException {
        GroupLog log = group(open(directory.resolve("crashed")), ONE);
        log.appendEntries(data(1, 500, 1));
        log.truncatePrefix(101);
        log.truncateSuffix(400);
        Path copy = directory.resolve("copy");
        copy(directory.resolve("crashed"), copy);
        assertHolds(group(open(copy), ONE), 101, 400);
    }

    @Test
    void dropsATornTailButRefusesDamageBefore() throws IOException {
        Path crashed = directory.resolve("crashed");
        GroupLog log = group(open(crashed), ONE);
        for (int index = 1; index <= 50; index++) {
            log.appendEntry(data(index, 1));
        }
        Path torn = directory.resolve("torn");
        copy(crashed, torn);
        byte[] wal = Files.readAllBytes(wal(torn));
        Files.write(wal(torn), java.util.Arrays.copyOf(wal, wal.length - 5));
        assertHolds(group(open(torn), ONE), 1, 49);

        Path damaged = directory.resolve("damaged");
        copy(crashed, damaged);
        wal[wal.length / 2] ^= 1;
        Files.write(wal(damaged), wal);
        assertThatThrownBy(() -> open(damaged))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(damaged.toString())
                .hasMessageContaining("remove this node");
    }

    @Test
    void refusesAnotherFormat() throws Exception {
        open(directory.resolve("log")).close();
        try (org.rocksdb.RocksDB db =
                org.rocksdb.RocksDB.open(directory.resolve("log").toString())) {
            db.put(new byte[] {0}, "quorate-log-9".getBytes());
        }
        assertThatThrownBy(() -> open(directory.resolve("log")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("quorate-log-9");
    }

    @Test
    void aClosedLogFailsAndDoesNotCrash() {
        SharedLog shared = open(directory);
        GroupLog log = group(shared, ONE);
        log.appendEntries(data(1, 3, 1));
        shared.close();
        assertThat(log.appendEntries(data(4, 4, 1))).isZero();
        assertThat(log.getEntry(1)).isNull();
        assertThat(log.truncatePrefix(2)).isFalse();
    }

    @Test
    void theStateWaitsForWhatItHasAppliedToBeOnDisk() throws Exception {
        GroupLog log = group(open(directory), ONE);
        log.appendEntries(data(1, 10, 1));
        log.await(10);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> log.await(12));
        log.appendEntries(data(11, 11, 1));
        assertThat(waiting).isNotDone();
        log.appendEntries(data(12, 13, 1));
        waiting.get(30, TimeUnit.SECONDS);
        log.reset(51);
        log.await(50);
    }

    @Test
    void theStateWaitsNoLongerThanItMayNorForALogThatEnded() {
        SharedLog shared = open(directory);
        GroupLog impatient = new GroupLog(shared, ONE, 1, false, cause -> {});
        assertThatThrownBy(() -> impatient.await(1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("entry 1 of group g1 is applied but isn't on disk");
        GroupLog log = group(shared, TWO);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> log.await(1));
        log.shutdown();
        assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.class);
    }

    private static Path wal(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(f -> f.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
