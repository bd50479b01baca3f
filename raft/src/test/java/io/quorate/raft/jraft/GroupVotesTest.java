package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.StoreException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

final class GroupVotesTest {
    private static final GroupId GROUP = new GroupId(3);
    private static final PeerId PEER = PeerId.parsePeer("127.0.0.1:7001");

    @TempDir
    Path directory;

    private SharedLog log;

    @BeforeEach
    void open() {
        log = SharedLog.open(directory.resolve("log"), true, null);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private GroupVotes votes(GroupId group) {
        return new GroupVotes(log, group, cause -> {});
    }

    private GroupVotes loaded(GroupId group) throws RocksDBException {
        GroupVotes votes = votes(group);
        votes.load();
        return votes;
    }

    private void put(byte[] key, byte[] value) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(key, value);
            log.write(batch);
        }
    }

    @Test
    void startsWithoutTermAndVote() throws RocksDBException {
        GroupVotes votes = loaded(GROUP);
        assertThat(votes.getTerm()).isZero();
        assertThat(votes.getVotedFor().isEmpty()).isTrue();
    }

    @Test
    void keepsTermAndVoteOfEachGroupOverACrash() throws Exception {
        assertThat(votes(GROUP).setTermAndVotedFor(7, PEER)).isTrue();
        assertThat(votes(new GroupId(4)).setTermAndVotedFor(8, PeerId.emptyPeer()))
                .isTrue();
        Path copy = directory.resolve("copy");
        GroupLogTest.copy(directory.resolve("log"), copy);
        log.close();
        log = SharedLog.open(copy, true, null);
        assertThat(loaded(GROUP).getTerm()).isEqualTo(7);
        assertThat(loaded(GROUP).getVotedFor()).isEqualTo(PEER);
        assertThat(loaded(new GroupId(4)).getTerm()).isEqualTo(8);
        assertThat(loaded(new GroupId(4)).getVotedFor().isEmpty()).isTrue();
    }

    @Test
    void aSingleSetKeepsTheOther() throws RocksDBException {
        GroupVotes votes = votes(GROUP);
        votes.setTermAndVotedFor(7, PEER);
        votes.setTerm(9);
        assertThat(loaded(GROUP).getVotedFor()).isEqualTo(PEER);
        votes.setVotedFor(PeerId.emptyPeer());
        assertThat(loaded(GROUP).getTerm()).isEqualTo(9);
        assertThat(loaded(GROUP).getVotedFor().isEmpty()).isTrue();
    }

    @Test
    void refusesEveryDamagedByte() throws RocksDBException {
        votes(GROUP).setTermAndVotedFor(7, PEER);
        byte[] key = SharedLog.key(Kind.VOTE, GROUP);
        byte[] record = Objects.requireNonNull(log.get(key));
        for (int i = 0; i < record.length; i++) {
            byte[] damaged = record.clone();
            damaged[i] ^= 0x10;
            put(key, damaged);
            assertThatThrownBy(() -> loaded(GROUP)).as("byte %d", i).isInstanceOf(StoreException.class);
        }
        put(key, new byte[0]);
        assertThatThrownBy(() -> loaded(GROUP)).isInstanceOf(StoreException.class);
    }

    @Test
    void refusesAnotherGroupsRecord() throws RocksDBException {
        votes(GROUP).setTermAndVotedFor(7, PEER);
        put(SharedLog.key(Kind.VOTE, new GroupId(5)), Objects.requireNonNull(log.get(SharedLog.key(Kind.VOTE, GROUP))));
        assertThatThrownBy(() -> loaded(new GroupId(5)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("g5")
                .hasMessageContaining("damaged");
    }

    @Test
    void refusesALogWithoutAVote() throws RocksDBException {
        put(SharedLog.key(Kind.ENTRY, GROUP, 1), new byte[10]);
        assertThatThrownBy(() -> loaded(GROUP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void saysSoIfItCannotSave() {
        GroupVotes votes = votes(GROUP);
        log.close();
        assertThat(votes.setTermAndVotedFor(7, PEER)).isFalse();
        assertThat(votes.getTerm()).isZero();
    }
}
