package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a group that began here with nothing from breaking promises that this node may have made before it lost
 * its directory: votes, and acknowledged entries. Thread-safe.
 *
 * <p>Such a newcomer first asks every other member for its term. Whoever it may have voted for has persisted the
 * term of that vote, and a term never goes back: so it can't have voted above the highest. Until it knows that, it
 * answers no leader; afterwards only leaders of that term or a later one, who were elected without it. It votes once
 * it holds an entry of such a leader's own term that is committed, since before that entry stands all that it may
 * have acknowledged; and in later terms than that leader's. If all members are newcomers, the group is new, and there
 * is nothing to forget.
 *
 * <p>What it is waiting for is on disk, so that a restart in between changes nothing.
 */
final class VoteGuard {
    private static final byte VERSION = 1;
    private static final long NEWCOMER = -1;
    private static final Logger LOG = LoggerFactory.getLogger(VoteGuard.class);

    private final SharedLog log;
    private final GroupId group;
    private final List<PeerId> others;

    // All fields below are guarded by this.
    private final Map<PeerId, Long> terms = new HashMap<>();
    /** Votes are for terms above it; {@link #NEWCOMER}: for none. */
    private long votedThrough;

    private long installedIndex;
    private long installedTerm;

    /** @param others all members but this node */
    VoteGuard(SharedLog log, GroupId group, Collection<PeerId> others) {
        this.log = log;
        this.group = group;
        this.others = List.copyOf(others);
    }

    /**
     * Looks what is known of the group here.
     *
     * @param begins whether the group has neither vote nor entry nor state here
     */
    synchronized void open(boolean begins) {
        try {
            byte[] record = log.get(SharedLog.key(Kind.NEWCOMER, group));
            if (record != null) {
                votedThrough = decode(record);
            } else if (begins) {
                save(NEWCOMER);
            }
        } catch (RocksDBException e) {
            throw new StoreException("group " + group + " can't start: can't read whether it is new here", e);
        }
        concludeIfNew();
    }

    /** Whether this node waits for what it may have promised. */
    synchronized boolean isNewcomer() {
        return votedThrough == NEWCOMER;
    }

    /** Whether a vote in this term can't be a second one. */
    synchronized boolean mayVote(long term) {
        return votedThrough != NEWCOMER && term > votedThrough;
    }

    /** Whether a leader of this term can't have been superseded with a forgotten vote of this node. */
    synchronized boolean mayFollow(long term) {
        return votedThrough != NEWCOMER || unheard().isEmpty() && term >= highestTerm();
    }

    /** The members whose terms aren't known yet. */
    synchronized List<PeerId> unheard() {
        List<PeerId> missing = new ArrayList<>(others);
        missing.removeAll(terms.keySet());
        return missing;
    }

    /** A member's term at a moment after this node's start; 0 if it never saw an election. */
    synchronized void heard(PeerId member, long term) {
        if (votedThrough == NEWCOMER && terms.putIfAbsent(member, term) == null) {
            concludeIfNew();
        }
    }

    /** A leader that may be followed sends its state, up to this entry. */
    synchronized void installing(long index, long term) {
        installedIndex = index;
        installedTerm = term;
    }

    /** A leader that may be followed said this; {@code durable} is the group's log here. */
    synchronized void followed(AppendEntriesRequest request, GroupLog durable) {
        long index = request.getPrevLogIndex();
        long term = request.getPrevLogTerm();
        if (votedThrough != NEWCOMER
                || term != request.getTerm()
                || index < 1
                || index > request.getCommittedIndex()
                || !mayFollow(term)) {
            return;
        }
        boolean logged = durable.getTerm(index) == term;
        boolean installed = index == installedIndex && term == installedTerm && durable.getFirstLogIndex() == index + 1;
        if (logged || installed) {
            save(term);
            LOG.info("Group {} has caught up with the leader of term {} and votes from now on", group, term);
        }
    }

    private void concludeIfNew() {
        if (votedThrough == NEWCOMER && unheard().isEmpty() && highestTerm() == 0) {
            save(0);
        }
    }

    private long highestTerm() {
        return terms.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private void save(long through) {
        ByteBuffer out = ByteBuffer.allocate(1 + 8 + 4).put(VERSION).putLong(through);
        out.putInt(crc(out.array()));
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(SharedLog.key(Kind.NEWCOMER, group), out.array());
            log.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("can't note whether group " + group + " may vote: " + e.getMessage(), e);
        }
        votedThrough = through;
    }

    private long decode(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record);
        if (record.length != 13 || in.getInt(9) != crc(record) || in.get() != VERSION) {
            throw new StoreException("group " + group + " can't start: the note whether it may vote is damaged");
        }
        return in.getLong();
    }

    private int crc(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(group.value());
        crc.update(record, 0, 9);
        return (int) crc.getValue();
    }
}
