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
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

final class VoteGuardTest {
    private static final GroupId GROUP = new GroupId(3);
    private static final PeerId FIRST = PeerId.parsePeer("127.0.0.1:7001");
    private static final PeerId SECOND = PeerId.parsePeer("127.0.0.1:7002");

    @TempDir
    private Path directory;

    private SharedLog log;
    private GroupLog entries;

    @BeforeEach
    void openLog() {
        log = SharedLog.open(directory.resolve("log"), true, null);
        entries = new GroupLog(log, GROUP, 1000, false, cause -> {});
        LogStorageOptions options = new LogStorageOptions();
        options.setConfigurationManager(new ConfigurationManager());
        options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
        assertThat(entries.init(options)).isTrue();
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private VoteGuard guard(boolean begins) {
        VoteGuard guard = new VoteGuard(log, GROUP, List.of(FIRST, SECOND));
        guard.open(begins);
        return guard;
    }

    private void append(long index, long term) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        entry.setData(ByteBuffer.wrap(new byte[] {1}));
        assertThat(entries.appendEntry(entry)).isTrue();
    }

    private static AppendEntriesRequest said(long term, long previousIndex, long previousTerm, long committed) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId("g3")
                .setServerId(FIRST.toString())
                .setPeerId(SECOND.toString())
                .setTerm(term)
                .setPrevLogIndex(previousIndex)
                .setPrevLogTerm(previousTerm)
                .setCommittedIndex(committed)
                .build();
    }

    @Test
    void aGroupThatHasItsDataIsFree() {
        VoteGuard guard = guard(false);
        assertThat(guard.isNewcomer()).isFalse();
        assertThat(guard.mayVote(1)).isTrue();
        assertThat(guard.mayFollow(1)).isTrue();
    }

    @Test
    void aNewGroupIsFreeOnceAllItsMembersAreKnownToBeNew() {
        VoteGuard guard = guard(true);
        assertThat(guard.mayVote(1)).isFalse();
        assertThat(guard.mayFollow(1)).isFalse();
        guard.heard(FIRST, 0, OptionalLong.of(0));
        assertThat(guard.mayVote(1)).isFalse();
        assertThat(guard.unheard()).containsExactly(SECOND);
        guard.heard(SECOND, 0, OptionalLong.of(0));
        assertThat(guard.mayVote(1)).isTrue();
        assertThat(guard(true).isNewcomer()).as("and stays so").isFalse();
    }

    @Test
    void aGroupOfOneMemberHasNobodyToAsk() {
        VoteGuard alone = new VoteGuard(log, GROUP, List.of());
        alone.open(true);
        assertThat(alone.mayVote(1)).isTrue();
    }

    @Test
    void aNewcomerFollowsOnlyLeadersThatNobodyHasLeftBehindAndVotesForNobody() {
        VoteGuard guard = guard(true);
        guard.heard(FIRST, 7, OptionalLong.of(0));
        assertThat(guard.mayFollow(7)).as("the other may have gone further").isFalse();
        guard.heard(SECOND, 9, OptionalLong.of(0));
        guard.heard(SECOND, 5, OptionalLong.of(0));
        assertThat(guard.mayFollow(8)).isFalse();
        assertThat(guard.mayFollow(9)).isTrue();
        assertThat(guard.mayFollow(10)).isTrue();
        assertThat(guard.mayVote(100)).isFalse();
    }

    @Test
    void aNewcomerVotesOnceItHoldsACommittedEntryOfItsLeadersTerm() {
        VoteGuard guard = guard(true);
        guard.heard(FIRST, 7, OptionalLong.of(0));
        guard.heard(SECOND, 9, OptionalLong.of(0));
        append(1, 6);
        append(2, 8);
        append(3, 10);
        for (AppendEntriesRequest not : List.of(
                said(8, 2, 8, 2), // a leader of before
                said(10, 2, 8, 3), // the entry is of a term before
                said(10, 3, 10, 2), // it isn't committed
                said(10, 4, 10, 9), // it isn't here
                said(10, 0, 0, 9))) {
            guard.followed(not, entries);
            assertThat(guard.isNewcomer()).as("%s", not).isTrue();
        }
        guard.followed(said(10, 3, 10, 3), entries);
        assertThat(guard.isNewcomer()).isFalse();
        assertThat(guard.mayVote(10)).as("it may have voted in this term").isFalse();
        assertThat(guard.mayVote(11)).isTrue();
        VoteGuard restarted = guard(false);
        assertThat(restarted.mayVote(10)).isFalse();
        assertThat(restarted.mayVote(11)).isTrue();
    }

    /** It may have been elected with the forgotten vote, and counts what was acknowledged before. */
    @Test
    void theLeaderOfTheHighestTermHeardFreesOnlyAtTheEndOfItsLogOfThatMoment() {
        VoteGuard guard = guard(true);
        guard.heard(FIRST, 7, OptionalLong.of(4));
        guard.heard(SECOND, 7, OptionalLong.of(2));
        for (int index = 1; index <= 4; index++) {
            append(index, 7);
        }
        assertThat(guard.mayFollow(7)).isTrue();
        for (AppendEntriesRequest not : List.of(
                said(7, 2, 7, 4), // of its term and committed, but not all that may have been acknowledged
                said(7, 3, 7, 3),
                said(7, 4, 7, 3))) { // not committed
            guard.followed(not, entries);
            assertThat(guard.isNewcomer()).as("%s", not).isTrue();
        }
        guard.followed(said(7, 4, 7, 4), entries);
        assertThat(guard.isNewcomer()).as("with nothing written meanwhile").isFalse();
        assertThat(guard.mayVote(7)).isFalse();
        assertThat(guard.mayVote(8)).isTrue();
    }

    @Test
    void aLeaderThatDidntTellWhereItsLogEndsFreesNobodyInTheHighestTermHeard() {
        VoteGuard guard = guard(true);
        guard.heard(FIRST, 7, OptionalLong.empty());
        guard.heard(SECOND, 7, OptionalLong.of(0));
        append(1, 7);
        append(2, 8);
        guard.followed(said(7, 1, 7, 1), entries);
        assertThat(guard.isNewcomer()).isTrue();
        guard.followed(said(8, 2, 8, 2), entries);
        assertThat(guard.isNewcomer()).as("a later one was elected without it").isFalse();
    }

    @Test
    void anInstalledStateCountsAsItsLastEntry() {
        for (long leaderTerm : new long[] {7, 8}) {
            VoteGuard guard = new VoteGuard(log, new GroupId((int) leaderTerm), List.of(FIRST, SECOND));
            guard.open(true);
            guard.heard(FIRST, 7, OptionalLong.of(leaderTerm == 7 ? 50 : 90));
            guard.heard(SECOND, 7, OptionalLong.of(60));
            assertThat(entries.reset(1)).isTrue();
            guard.installing(50, leaderTerm);
            guard.followed(said(leaderTerm, 50, leaderTerm, 50), entries);
            assertThat(guard.isNewcomer()).as("it isn't taken over yet").isTrue();
            assertThat(entries.reset(51)).isTrue();
            guard.followed(said(leaderTerm, 49, leaderTerm, 50), entries);
            assertThat(guard.isNewcomer()).isTrue();
            guard.followed(said(leaderTerm, 50, leaderTerm, 50), entries);
            assertThat(guard.isNewcomer()).isFalse();
        }
    }

    @Test
    void anInstalledStateOfTheHighestTermHeardThatEndsBeforeTheLeadersLogDidIsNotEnough() {
        VoteGuard guard = guard(true);
        guard.heard(FIRST, 7, OptionalLong.of(51));
        guard.heard(SECOND, 7, OptionalLong.of(0));
        guard.installing(50, 7);
        assertThat(entries.reset(51)).isTrue();
        guard.followed(said(7, 50, 7, 51), entries);
        assertThat(guard.isNewcomer()).isTrue();
        append(51, 7);
        guard.followed(said(7, 51, 7, 51), entries);
        assertThat(guard.isNewcomer()).isFalse();
    }

    /** As it comes over the wire. */
    @Test
    void anAnswerTellsWhereTheLogEnds() throws InvalidProtocolBufferException {
        RequestVoteResponse answer =
                RequestVoteResponse.newBuilder().setTerm(7).setGranted(false).build();
        assertThat(LogEndAnswer.lastIndex(answer)).isEmpty();
        RequestVoteResponse told =
                RequestVoteResponse.parseFrom(LogEndAnswer.with(answer, 51).toByteArray());
        assertThat(told.getTerm()).isEqualTo(7);
        assertThat(LogEndAnswer.lastIndex(told)).hasValue(51);
    }

    /** By then it has a vote and entries; but not those that it forgot. */
    @Test
    void aNewcomerThatIsRestartedIsOneStill() {
        guard(true);
        append(1, 6);
        VoteGuard restarted = guard(false);
        assertThat(restarted.isNewcomer()).isTrue();
        assertThat(restarted.unheard()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aDamagedNoteIsRefused() throws RocksDBException {
        guard(true);
        byte[] key = SharedLog.key(Kind.NEWCOMER, GROUP);
        byte[] note = log.get(key);
        note[4] ^= 1;
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(key, note);
            log.write(batch);
        }
        assertThatThrownBy(() -> guard(true)).isInstanceOf(StoreException.class).hasMessageContaining("is damaged");
    }
}
