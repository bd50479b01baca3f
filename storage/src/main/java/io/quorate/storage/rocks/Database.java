package io.quorate.storage.rocks;

import io.quorate.storage.api.StoreException;
import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.ChecksumType;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB database and all its handles, which have this one owner.
 *
 * <p>Each batch is written whole or not at all, and what a crash leaves is the state after some batch: the
 * write-ahead log is off, so a crash loses the memtables, but they reach the disk oldest first, none holds
 * half a batch, and there is one column family, so nothing can reach the disk ahead of its batch's other half.
 * (With several column families each would flush by itself, and a restart could find counters of a later batch
 * than the applied index.)
 *
 * <p>Threads: reads and writes may run at once; {@link #close} only when nothing else does.
 */
final class Database implements AutoCloseable {
    static final int NOT_FOUND = RocksDB.NOT_FOUND;

    private final Path directory;
    private final BloomFilter filter = new BloomFilter(10);
    private final Options options;
    private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    private final ReadOptions readOptions = new ReadOptions();
    private final ReadOptions scanOptions = new ReadOptions().setFillCache(false);
    private final RocksDB db;
    private boolean closed;

    /**
     * Opens a database.
     *
     * @param create whether to make it if it is absent; else that is an error
     */
    Database(Path directory, boolean create, RocksStoreSettings settings, RocksResources resources) {
        this.directory = directory;
        this.options = options(settings, resources).setCreateIfMissing(create);
        try {
            db = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            closeOptions();
            throw failure("open", e);
        }
    }

    private Options options(RocksStoreSettings settings, RocksResources resources) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(resources.blockCache())
                .setFilterPolicy(filter)
                // Outside of the block cache: the filter of a million keys is 1.2 MB in one piece, which a shard of
                // a small cache can't hold, and then each read would read it anew.
                .setCacheIndexAndFilterBlocks(false)
                .setChecksumType(ChecksumType.kCRC32c)
                .setFormatVersion(5);
        return new Options()
                .setTableFormatConfig(table)
                .setWriteBufferManager(resources.memtables())
                .setWriteBufferSize(settings.memtableBytes())
                .setMaxWriteBufferNumber(settings.memtablesMax())
                .setMaxOpenFiles(settings.openFilesMax())
                .setMaxBackgroundJobs(2)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBytesPerSync(1 << 20)
                .setParanoidChecks(true)
                .setAvoidFlushDuringShutdown(true) // the store flushes itself, unless it failed
                .setSkipStatsUpdateOnDbOpen(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setMaxManifestFileSize(4 << 20)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    /** Reads a value into {@code value}; returns its length, which may be more than fits, or {@link #NOT_FOUND}. */
    int get(byte[] key, int keyBytes, byte[] value) {
        try {
            return db.get(readOptions, key, 0, keyBytes, value, 0, value.length);
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
    }

    /** A cursor over all rows by ascending key, which the caller closes before this. */
    RocksIterator scan() {
        return db.newIterator(scanOptions);
    }

    /** Throws if a cursor stopped for another reason than the end of the rows. */
    void check(RocksIterator cursor) {
        try {
            cursor.status();
        } catch (RocksDBException e) {
            throw failure("scan", e);
        }
    }

    /** Writes a batch to memory; it is on disk after {@link #flush}. */
    void write(byte[] batchBytes) {
        try (WriteBatch batch = new WriteBatch(batchBytes)) {
            db.write(writeOptions, batch);
        } catch (RocksDBException e) {
            throw failure("write", e);
        }
    }

    /** Puts everything written so far on disk, synced. */
    void flush() {
        try (FlushOptions flushOptions =
                new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
            db.flush(flushOptions);
        } catch (RocksDBException e) {
            throw failure("flush", e);
        }
    }

    /** Makes a copy of the database as it is on disk now, in an absent directory, by hard links where possible. */
    void checkpoint(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw failure("copy", e);
        }
    }

    long memoryBytes() {
        return property("rocksdb.cur-size-all-mem-tables") + property("rocksdb.estimate-table-readers-mem");
    }

    long diskBytes() {
        return property("rocksdb.total-sst-files-size");
    }

    private long property(String name) {
        try {
            return db.getLongProperty(name);
        } catch (RocksDBException e) {
            throw failure("ask", e);
        }
    }

    /** Closes the handles, the users of a handle before it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            db.close();
            closeOptions();
        }
    }

    private void closeOptions() {
        scanOptions.close();
        readOptions.close();
        writeOptions.close();
        options.close();
        filter.close();
    }

    private StoreException failure(String what, RocksDBException cause) {
        return new StoreException("can't " + what + " the database " + directory + ": " + cause.getMessage(), cause);
    }
}
