package io.quorate.raft.jraft;

import io.quorate.core.quota.GroupId;
import io.quorate.storage.api.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Statistics;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One RocksDB for the logs and the votes of all groups of a process.
 *
 * Why one: each group's log thread writes with sync, and RocksDB joins writers that wait at the same time into one
 * WAL record group with one fdatasync (leader and followers of its write thread). So N busy groups cost about as
 * many syncs as one, where a store per group costs N times as many on the same disk. SharedLogTest counts them.
 *
 * Keys: kind (1 byte), group (4 bytes), then for entries the index (8 bytes), all big-endian, in one column family,
 * so that a group's entries are one range in order, and a WAL file is free as soon as the memtable is flushed.
 *
 * Damage: the WAL is read with TolerateCorruptedTailRecords, so a torn tail (never acknowledged) is dropped and a
 * hole in the middle refuses to open; the default would silently forget acknowledged entries behind the hole.
 */
/** The logs and votes of all groups of this process, over one RocksDB and one WAL. Thread-safe. */
final class SharedLog implements AutoCloseable {
    /** The layout of the keys and values; another one is refused. */
    private static final byte[] FORMAT = "quorate-log-1".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] FORMAT_KEY = {0};
    private static final long WAL_BYTES_MAX = 64L << 20;
    private static final long MEMTABLE_BYTES = 16L << 20;
    private static final int MEMTABLES_MAX = 3;
    /**
     * Most entries are deleted, behind a snapshot, before anyone reads them from a file. So files are left unmerged for
     * long: what merges them then finds little that is alive.
     */
    private static final int UNMERGED_FILES = 20;

    private static final int UNMERGED_FILES_SLOWING = 40;
    private static final int UNMERGED_FILES_MAX = 60;
    private static final long MERGED_BYTES = 512L << 20;
    private static final long CACHE_BYTES = 8L << 20;
    private static final int OPEN_FILES_MAX = 256;
    private static final Logger LOG = LoggerFactory.getLogger(SharedLog.class);

    /** What a key holds; the first byte of the key. */
    enum Kind {
        ENTRY(1),
        /** A copy of each entry that changes the members, to find them without reading the log. */
        MEMBERS(2),
        FIRST_INDEX(3),
        VOTE(4),
        /** Whether the group began with nothing here, and may not vote. */
        NEWCOMER(5);

        private final byte id;

        Kind(int id) {
            this.id = (byte) id;
        }
    }

    private final Path directory;
    private final LRUCache cache = new LRUCache(CACHE_BYTES);
    private final Options options;
    private final WriteOptions writeOptions = new WriteOptions();
    private final ReadOptions readOptions = new ReadOptions();
    private final RocksDB db;

    /** Held shared by every use of the handles above, so that none is freed under a running call. */
    private final ReentrantReadWriteLock closing = new ReentrantReadWriteLock();

    private final AtomicBoolean closed = new AtomicBoolean();
    private final ExecutorService maintenance = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "quorate-log-compaction");
        thread.setDaemon(true);
        return thread;
    });

    private SharedLog(Path directory, boolean fsync, @Nullable Statistics statistics) throws RocksDBException {
        this.directory = directory;
        this.options = new Options()
                .setCreateIfMissing(true)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(WAL_BYTES_MAX)
                .setMaxOpenFiles(OPEN_FILES_MAX)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setMaxWriteBufferNumber(MEMTABLES_MAX)
                .setLevel0FileNumCompactionTrigger(UNMERGED_FILES)
                .setLevel0SlowdownWritesTrigger(UNMERGED_FILES_SLOWING)
                .setLevel0StopWritesTrigger(UNMERGED_FILES_MAX)
                .setMaxBytesForLevelBase(MERGED_BYTES)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setMaxBackgroundJobs(2)
                // A waiting writer sleeps at once: spinning for a disk that takes 300 us only burns the other core.
                .setEnableWriteThreadAdaptiveYield(false)
                .setKeepLogFileNum(4)
                .setMaxLogFileSize(4L << 20)
                .setStatsDumpPeriodSec(0)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache));
        if (statistics != null) {
            options.setStatistics(statistics);
        }
        writeOptions.setSync(fsync);
        this.db = RocksDB.open(options, directory.toString());
    }

    /**
     * Opens the log in a directory, which is created if it is absent.
     *
     * @param fsync whether a write is on disk when it returns
     * @param statistics counts what RocksDB does, for tests
     */
    static SharedLog open(Path directory, boolean fsync, @Nullable Statistics statistics) {
        try {
            // Unlike other classes of RocksDB, a cache doesn't load the library; it is there already in a node.
            RocksDB.loadLibrary();
            Files.createDirectories(directory);
            SharedLog log = new SharedLog(directory, fsync, statistics);
            log.checkFormat();
            return log;
        } catch (IOException e) {
            throw new StoreException("can't create the log directory " + directory + ": " + e.getMessage(), e);
        } catch (RocksDBException e) {
            throw new StoreException(
                    "can't open the log in " + directory + ": " + e.getMessage()
                            + "; if it is damaged, remove this node, empty its directory, and add it again",
                    e);
        }
    }

    private void checkFormat() throws RocksDBException {
        byte[] found = db.get(FORMAT_KEY);
        if (found == null) {
            db.put(writeOptions, FORMAT_KEY, FORMAT);
        } else if (!Arrays.equals(found, FORMAT)) {
            close();
            throw new StoreException("the log in " + directory + " has format '"
                    + new String(found, StandardCharsets.US_ASCII) + "', this version reads '"
                    + new String(FORMAT, StandardCharsets.US_ASCII) + "'");
        }
    }

    Path directory() {
        return directory;
    }

    static byte[] key(Kind kind, GroupId group) {
        return ByteBuffer.allocate(5).put(kind.id).putInt(group.value()).array();
    }

    static byte[] key(Kind kind, GroupId group, long index) {
        return ByteBuffer.allocate(13)
                .put(kind.id)
                .putInt(group.value())
                .putLong(index)
                .array();
    }

    static long indexOf(byte[] key) {
        return ByteBuffer.wrap(key, 5, 8).getLong();
    }

    /** Writes all at once, durably if this log is. Joins the sync of others that write at this time. */
    void write(WriteBatch batch) throws RocksDBException {
        begin();
        try {
            db.write(writeOptions, batch);
        } finally {
            closing.readLock().unlock();
        }
    }

    byte @Nullable [] get(byte[] key) throws RocksDBException {
        begin();
        try {
            return db.get(readOptions, key);
        } finally {
            closing.readLock().unlock();
        }
    }

    /** The last key of a kind and group that has an index, if there is one. */
    byte @Nullable [] lastKey(Kind kind, GroupId group) {
        begin();
        try (RocksIterator rows = db.newIterator(readOptions)) {
            rows.seekForPrev(key(kind, group, Long.MAX_VALUE));
            byte[] prefix = key(kind, group);
            return rows.isValid() && startsWith(rows.key(), prefix) ? rows.key() : null;
        } finally {
            closing.readLock().unlock();
        }
    }

    /** Shows every row of a kind and group, in order. */
    void forEach(Kind kind, GroupId group, RowReader reader) throws RocksDBException {
        begin();
        try (RocksIterator rows = db.newIterator(readOptions)) {
            byte[] prefix = key(kind, group);
            for (rows.seek(prefix); rows.isValid() && startsWith(rows.key(), prefix); rows.next()) {
                reader.read(rows.key(), rows.value());
            }
            rows.status();
        } finally {
            closing.readLock().unlock();
        }
    }

    /** Gives back the disk space of rows below {@code to} that were deleted, some time soon. */
    void reclaim(Kind kind, GroupId group, long to) {
        byte[] from = key(kind, group, 0);
        byte[] until = key(kind, group, to);
        if (closed.get()) {
            return;
        }
        maintenance.execute(() -> compact(from, until));
    }

    private void compact(byte[] from, byte[] to) {
        if (closed.get()) {
            return;
        }
        begin();
        try (CompactRangeOptions how = new CompactRangeOptions().setExclusiveManualCompaction(false)) {
            db.deleteFilesInRanges(db.getDefaultColumnFamily(), List.of(from, to), false);
            db.compactRange(db.getDefaultColumnFamily(), from, to, how);
        } catch (RocksDBException e) {
            // Nothing is lost by it: RocksDB compacts by itself, later. A disk that fails, fails the writes too.
            LOG.warn("Can't compact the log in {}", directory, e);
        } finally {
            closing.readLock().unlock();
        }
    }

    /** Bytes on disk, WAL included; approximate. */
    long diskBytes() {
        begin();
        try {
            return db.getLongProperty("rocksdb.total-sst-files-size")
                    + db.getLongProperty("rocksdb.size-all-mem-tables");
        } catch (RocksDBException e) {
            throw new StoreException("can't size the log in " + directory, e);
        } finally {
            closing.readLock().unlock();
        }
    }

    private void begin() {
        closing.readLock().lock();
        if (closed.get()) {
            closing.readLock().unlock();
            throw new StoreException("the log in " + directory + " is closed");
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        maintenance.shutdown();
        try {
            // A compaction must not hold up the end; what it did not do, the next one does.
            db.cancelAllBackgroundWork(true);
            if (!maintenance.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("A compaction of the log in {} goes on while it is closed", directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closing.writeLock().lock();
        try {
            db.close();
            writeOptions.close();
            readOptions.close();
            options.close();
            cache.close();
        } finally {
            closing.writeLock().unlock();
        }
    }

    /** Gets one row. */
    interface RowReader {
        void read(byte[] key, byte[] value);
    }
}
