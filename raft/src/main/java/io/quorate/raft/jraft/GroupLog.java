package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.LogEntryDecoder;
import com.alipay.sofa.jraft.entity.codec.LogEntryEncoder;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.LogHorizon;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group's part of the shared log, as JRaft wants it.
 *
 * <p>Threads: JRaft writes on the group's one log thread and reads on any. A failed write is told by
 * {@code false} or 0, upon which JRaft puts the group into its error state, and RocksDB takes no more writes: a
 * sync that failed once is never tried again.
 */
final class GroupLog implements LogStorage, LogHorizon {
    /** After so many bytes were appended, the next cut of the log's head also gives its disk space back. */
    private static final long RECLAIM_BYTES = 32L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private final SharedLog log;
    private final GroupId group;
    private final LogEntryEncoder encoder;
    private final LogEntryDecoder decoder;
    private final Consumer<String> onUnusable;
    private volatile long firstIndex = 1;
    /** The last entry's index; 0 if there is none. */
    private volatile long lastIndex;

    private long appendedBytes;

    private final long waitMillisMax;
    private final boolean keepHead;
    /** Notified when entries were appended or no more will be. */
    private final Object appended = new Object();

    private volatile boolean ended;

    /**
     * A group's part of a log.
     *
     * @param waitMillisMax how long the state may wait for entries that it has applied and the log hasn't on disk
     * @param keepHead whether entries stay on disk that a snapshot has made superfluous
     * @param onUnusable hears why the log can't be read when JRaft starts
     */
    GroupLog(SharedLog log, GroupId group, long waitMillisMax, boolean keepHead, Consumer<String> onUnusable) {
        LogEntryV2CodecFactory codec = LogEntryV2CodecFactory.getInstance();
        this.log = log;
        this.onUnusable = onUnusable;
        this.group = group;
        this.keepHead = keepHead;
        this.waitMillisMax = waitMillisMax;
        this.encoder = codec.encoder();
        this.decoder = codec.decoder();
    }

    /** Finds where the log begins and ends. */
    void readEnds() throws RocksDBException {
        byte[] first = log.get(SharedLog.key(Kind.FIRST_INDEX, group));
        firstIndex = first == null ? 1 : ByteBuffer.wrap(first).getLong();
        byte[] last = log.lastKey(Kind.ENTRY, group);
        long found = last == null ? 0 : SharedLog.indexOf(last);
        // What is before the first index was cut, as by a snapshot that was ahead of the log.
        lastIndex = found < firstIndex ? 0 : found;
    }

    @Override
    public boolean init(LogStorageOptions options) {
        try {
            readEnds();
            ConfigurationManager members = options.getConfigurationManager();
            log.forEach(Kind.MEMBERS, group, (key, value) -> loadMembers(members, SharedLog.indexOf(key), value));
            return true;
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't read the log of group {} in {}", group, log.directory(), e);
            onUnusable.accept("can't read its log in " + log.directory() + ": " + e.getMessage());
            return false;
        }
    }

    private void loadMembers(ConfigurationManager members, long index, byte[] value) {
        LogEntry entry = decoder.decode(value);
        if (entry == null || entry.getType() != EntryType.ENTRY_TYPE_CONFIGURATION || entry.isCorrupted()) {
            throw new StoreException("the members at entry " + index + " of group " + group + " are damaged");
        }
        ConfigurationEntry change = new ConfigurationEntry();
        change.setId(new LogId(entry.getId().getIndex(), entry.getId().getTerm()));
        change.setConf(new Configuration(entry.getPeers(), entry.getLearners()));
        if (entry.getOldPeers() != null) {
            change.setOldConf(new Configuration(entry.getOldPeers(), entry.getOldLearners()));
        }
        members.add(change);
    }

    /** The shared log is closed with the process's groups; but nothing is appended any more. */
    @Override
    public void shutdown() {
        ended = true;
        wakeWaiting();
    }

    @Override
    public void await(long index) {
        if (isOnDisk(index)) {
            return;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillisMax);
        synchronized (appended) {
            while (!isOnDisk(index)) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || leftMillis <= 0) {
                    throw new StoreException("entry " + index + " of group " + group
                            + " is applied but isn't on disk in the log in " + log.directory());
                }
                try {
                    appended.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreException("interrupted while entry " + index + " was written", e);
                }
            }
        }
    }

    private boolean isOnDisk(long index) {
        return index <= Math.max(lastIndex, firstIndex - 1);
    }

    private void wakeWaiting() {
        synchronized (appended) {
            appended.notifyAll();
        }
    }

    @Override
    public long getFirstLogIndex() {
        return firstIndex;
    }

    @Override
    public long getLastLogIndex() {
        return lastIndex;
    }

    // JRaft's contract: null if there is no such entry. Its interfaces carry no nullness.
    @SuppressWarnings("NullAway")
    @Override
    public @Nullable LogEntry getEntry(long index) {
        if (index < firstIndex || index > lastIndex) {
            return null;
        }
        try {
            byte[] value = log.get(SharedLog.key(Kind.ENTRY, group, index));
            if (value == null) {
                return null;
            }
            LogEntry entry = decoder.decode(value);
            if (entry == null) {
                LOG.error("Entry {} of group {} in {} is damaged", index, group, log.directory());
            }
            return entry;
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't read entry {} of group {} in {}", index, group, log.directory(), e);
            return null;
        }
    }

    @Override
    @Deprecated
    public long getTerm(long index) {
        LogEntry entry = getEntry(index);
        return entry == null ? 0 : entry.getId().getTerm();
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        if (entries == null || entries.isEmpty()) {
            return 0;
        }
        long last = lastIndex;
        try (WriteBatch batch = new WriteBatch()) {
            for (LogEntry entry : entries) {
                long index = entry.getId().getIndex();
                long expected = last == 0 ? firstIndex : last + 1;
                if (index != expected) {
                    LOG.error("Entry {} of group {} can't follow entry {}", index, group, last);
                    return 0;
                }
                byte[] value = encoder.encode(entry);
                batch.put(SharedLog.key(Kind.ENTRY, group, index), value);
                if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                    batch.put(SharedLog.key(Kind.MEMBERS, group, index), value);
                }
                last = index;
            }
            log.write(batch);
            appendedBytes += batch.getDataSize();
            lastIndex = last;
            wakeWaiting();
            return entries.size();
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't append to the log of group {} in {}", group, log.directory(), e);
            return 0;
        }
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        if (firstIndexKept <= firstIndex) {
            return true;
        }
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(SharedLog.key(Kind.FIRST_INDEX, group), bytes(firstIndexKept));
            deleteRange(batch, Kind.MEMBERS, firstIndex, firstIndexKept);
            if (!keepHead) {
                deleteRange(batch, Kind.ENTRY, firstIndex, firstIndexKept);
            }
            log.write(batch);
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't cut the head of the log of group {} in {}", group, log.directory(), e);
            return false;
        }
        firstIndex = firstIndexKept;
        if (lastIndex < firstIndexKept) {
            lastIndex = 0;
        }
        if (!keepHead && appendedBytes >= RECLAIM_BYTES) {
            appendedBytes = 0;
            log.reclaim(Kind.ENTRY, group, firstIndexKept);
        }
        return true;
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        if (lastIndexKept >= lastIndex) {
            return true;
        }
        try (WriteBatch batch = new WriteBatch()) {
            deleteRange(batch, lastIndexKept + 1, lastIndex + 1);
            log.write(batch);
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't cut the tail of the log of group {} in {}", group, log.directory(), e);
            return false;
        }
        lastIndex = lastIndexKept < firstIndex ? 0 : lastIndexKept;
        return true;
    }

    /** Forgets everything; the next entry is {@code nextIndex}. The end of the log that a snapshot replaces. */
    @Override
    public boolean reset(long nextIndex) {
        if (nextIndex <= 0) {
            throw new IllegalArgumentException("next index must be 1 or more, not " + nextIndex);
        }
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(SharedLog.key(Kind.FIRST_INDEX, group), bytes(nextIndex));
            // What was cut before is committed, and may be kept; what a snapshot replaces here may not be.
            deleteRange(batch, keepHead ? firstIndex : 0, Long.MAX_VALUE);
            log.write(batch);
        } catch (RocksDBException | StoreException e) {
            LOG.error("Can't reset the log of group {} in {}", group, log.directory(), e);
            return false;
        }
        firstIndex = nextIndex;
        lastIndex = 0;
        return true;
    }

    private void deleteRange(WriteBatch batch, long from, long to) throws RocksDBException {
        deleteRange(batch, Kind.ENTRY, from, to);
        deleteRange(batch, Kind.MEMBERS, from, to);
    }

    private void deleteRange(WriteBatch batch, Kind kind, long from, long to) throws RocksDBException {
        batch.deleteRange(SharedLog.key(kind, group, from), SharedLog.key(kind, group, to));
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }
}
