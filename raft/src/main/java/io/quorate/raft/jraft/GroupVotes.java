package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group's term and vote, in the shared log: on disk before anyone hears of them, with a checksum of their own.
 *
 * <p>A record that is damaged, or missing though the log has entries, is refused: a node that forgot its vote
 * could vote twice in a term. Threads: JRaft calls it under the group's lock.
 */
final class GroupVotes implements RaftMetaStorage {
    private static final byte VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(GroupVotes.class);

    private final SharedLog log;
    private final GroupId group;
    private final Consumer<String> onUnusable;
    private @Nullable NodeImpl node;
    private long term;
    private PeerId votedFor = PeerId.emptyPeer();

    GroupVotes(SharedLog log, GroupId group, Consumer<String> onUnusable) {
        this.log = log;
        this.onUnusable = onUnusable;
        this.group = group;
    }

    @Override
    public boolean init(RaftMetaStorageOptions options) {
        node = options.getNode();
        try {
            load();
            return true;
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't read the vote of group {} in {}", group, log.directory(), e);
            onUnusable.accept("can't read its vote in " + log.directory() + ": " + e.getMessage());
            return false;
        }
    }

    /** Reads the record. Throws {@link StoreException} if it is damaged or missing. */
    void load() throws RocksDBException {
        byte[] record = log.get(SharedLog.key(Kind.VOTE, group));
        if (record != null) {
            decode(record);
        } else if (log.lastKey(Kind.ENTRY, group) != null) {
            throw new StoreException("the vote of group " + group + " is missing, but its log has entries; remove"
                    + " this node, empty its directory, and add it again");
        }
    }

    /** Whether the group has a record here, which it has from its first term on. */
    static boolean isKept(SharedLog log, GroupId group) {
        try {
            return log.get(SharedLog.key(Kind.VOTE, group)) != null;
        } catch (RocksDBException e) {
            throw new StoreException("can't read the vote of group " + group + ": " + e.getMessage(), e);
        }
    }

    private boolean save(long newTerm, PeerId newVote) {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(SharedLog.key(Kind.VOTE, group), encode(newTerm, newVote));
            log.write(batch);
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't save the vote of group {} in {}", group, log.directory(), e);
            if (node != null) {
                node.onError(new RaftException(
                        ErrorType.ERROR_TYPE_META, RaftError.EIO, "can't save the vote: %s", e.getMessage()));
            }
            return false;
        }
        term = newTerm;
        votedFor = newVote;
        return true;
    }

    /** version, term, length of the vote, the vote, CRC-32C over the group and all of these. */
    private byte[] encode(long ofTerm, PeerId vote) {
        byte[] peer = vote.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(1 + 8 + 2 + peer.length + 4);
        out.put(VERSION).putLong(ofTerm).putShort((short) peer.length).put(peer);
        return out.putInt(crc(out.array(), out.position())).array();
    }

    private void decode(byte[] record) {
        int length = record.length - 4;
        if (length < 11 || ByteBuffer.wrap(record, length, 4).getInt() != crc(record, length)) {
            throw new StoreException("the vote of group " + group + " is damaged; remove this node, empty its"
                    + " directory, and add it again");
        }
        if (record[0] != VERSION) {
            throw new StoreException(
                    "the vote of group " + group + " has version " + record[0] + ", but this version reads " + VERSION);
        }
        ByteBuffer in = ByteBuffer.wrap(record, 1, length - 1);
        long storedTerm = in.getLong();
        byte[] peer = new byte[in.getShort()];
        in.get(peer);
        PeerId vote = new PeerId();
        if (!vote.parse(new String(peer, StandardCharsets.UTF_8))) {
            throw new StoreException("the vote of group " + group + " isn't a peer");
        }
        term = storedTerm;
        votedFor = vote;
    }

    private int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(group.value());
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    @Override
    public boolean setTerm(long newTerm) {
        return save(newTerm, votedFor);
    }

    @Override
    public long getTerm() {
        return term;
    }

    @Override
    public boolean setVotedFor(PeerId newVote) {
        return save(term, newVote.copy());
    }

    @Override
    public PeerId getVotedFor() {
        return votedFor;
    }

    @Override
    public boolean setTermAndVotedFor(long newTerm, PeerId newVote) {
        return save(newTerm, newVote.copy());
    }

    /** Nothing to do: every change is on disk already. */
    @Override
    public void shutdown() {}
}
