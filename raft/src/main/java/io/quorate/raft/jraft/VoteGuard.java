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
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a group that began here with nothing from breaking promises that this node may have made before it lost
 * its directory: votes, and acknowledged entries. Thread-safe.
 *
 * <p>Such a newcomer first asks every other member for its term, and where its log ends. Whoever it may have voted for
 * has persisted the term of that vote, and a term never goes back: so it can't have voted above the highest. Until it
 * knows that, it answers no leader; afterwards only leaders of that term or a later one. It votes once it holds enough
 * of such a leader's log, and in later terms than that leader's. If all members are newcomers, the group is new, and
 * there is nothing to forget.
 *
 * <p>How much is enough:
 *
 * <ul>
 *   <li>A leader of a later term was elected without this node, by a majority that had left the earlier terms. What
 *       this node's lost acknowledgements committed, or may yet commit, was acknowledged by one of that majority, too,
 *       before its vote: so it stood in this leader's log from the first. A committed entry of the leader's own term
 *       comes after all that.
 *   <li>The leader of the highest term heard may have been elected with the forgotten vote, and counts what this node
 *       acknowledged before it was emptied, even for entries that it commits only later. So neither an entry of its
 *       term nor its commit index tells enough. But it can't have sent what it hadn't in its log, and in its own term
 *       that only grows: all that this node acknowledged to it stands at or before the end of its log at any moment
 *       after this node's start. That end is what the leader itself answered to the question. What this node
 *       acknowledged to leaders before it and was or gets committed stands in its log by Raft's own rules: that vote
 *       was given while nothing was forgotten. If it answered before it was elected, it was elected without this node
 *       in a term in which nothing was acknowledged to it, as a later one. Nothing need be written meanwhile: an idle
 *       leader's next heartbeat says that this node has its log up to there.
 *   <li>A member that doesn't tell where its log ends, of an earlier version, frees nobody in that term.
 * </ul>
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
    private final Map<PeerId, Heard> answers = new HashMap<>();
    /** Votes are for terms above it; {@link #NEWCOMER}: for none. */
    private long votedThrough;

    private long installedIndex;
    private long installedTerm;

    /** What a member answered. */
    private record Heard(long term, OptionalLong lastIndex) {}

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

    /** The members that haven't answered yet. */
    synchronized List<PeerId> unheard() {
        List<PeerId> missing = new ArrayList<>(others);
        missing.removeAll(answers.keySet());
        return missing;
    }

    /**
     * A member answered.
     *
     * @param term its term at a moment after this node's start; 0 if it never saw an election
     * @param lastIndex where its log ended after this node's start, but before that moment; empty if it didn't tell
     */
    synchronized void heard(PeerId member, long term, OptionalLong lastIndex) {
        if (votedThrough == NEWCOMER && answers.putIfAbsent(member, new Heard(term, lastIndex)) == null) {
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
                || !mayFollow(term)
                || index < enough(request)) {
            return;
        }
        boolean logged = durable.getTerm(index) == term;
        boolean installed = index == installedIndex && term == installedTerm && durable.getFirstLogIndex() == index + 1;
        if (logged || installed) {
            save(term);
            LOG.info("Group {} has caught up with the leader of term {} and votes from now on", group, term);
        }
    }

    /** The entry up to which this leader's log must be held here; there is none if nobody knows. */
    private long enough(AppendEntriesRequest request) {
        if (request.getTerm() > highestTerm()) {
            return 0;
        }
        PeerId leader = new PeerId();
        Heard heard = leader.parse(request.getServerId()) ? answers.get(leader) : null;
        return heard == null ? Long.MAX_VALUE : heard.lastIndex().orElse(Long.MAX_VALUE);
    }

    private void concludeIfNew() {
        if (votedThrough == NEWCOMER && unheard().isEmpty() && highestTerm() == 0) {
            save(0);
        }
    }

    private long highestTerm() {
        return answers.values().stream().mapToLong(Heard::term).max().orElse(0);
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
